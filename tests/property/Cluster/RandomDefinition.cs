using System.Text;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;

namespace Drcm.Property.Tests.Cluster;

/// <summary>A random cm.cfg, and a neighbour of it: one address under another nickname, one voter less.</summary>
internal static class RandomDefinition
{
    private static readonly string[] Failbacks = ["auto", "auto", "manual", "delay=60"];

    public static string Text(int seed, bool isNeighbour)
    {
        var random = new SplitMix64((ulong)(uint)seed);
        var nodes = random.Between(2, 6);
        var addresses = random.Between(1, 4);
        var services = random.Between(0, 3);
        var text = new StringBuilder("[CM_SERVER]\nudpport = 53897\ntcpport = 53897\n");
        text.Append($"failback = {Failbacks[random.Below(Failbacks.Length)]}\n");
        text.Append($"self_fence = {(seed % 3 == 0 ? "off" : "watchdog")}\n[CM_IPADDRS]\n");
        var names = Enumerable.Range(0, addresses).Select(a => isNeighbour && a == 0 ? "renamed" : $"a{a}").ToArray();
        for (var a = 0; a < addresses; a++) text.Append($"{names[a]}, 192.0.2.{100 + a}, 24, eth0, ip.sh\n");
        text.Append("[CM_CRONTABS]\njobs, /t/jobs, /etc/cron.d, cron.sh\n[CM_SERVICES]\n");
        for (var s = 0; s < services; s++) text.Append($"s{s}, d{s}, service.sh\n");
        if (HasDatabase(seed) && !isNeighbour) text.Append("[CM_APPLICATIONS]\ndb, db:db, start, stop\n[CM_OPTIONS]\napplication:db, exclusive=yes\n");
        var homes = Enumerable.Range(0, addresses).Select(_ => random.Below(nodes)).ToArray();
        for (var n = 0; n < nodes; n++) Node(text, random, n, nodes, services, names, homes, isNeighbour, HasDatabase(seed) && !isNeighbour);
        var definition = CmConfigReader.Read(text.ToString()).Definition;
        return CanonicalText.Render(definition ?? throw new InvalidOperationException($"unusable:\n{text}"));
    }

    /// <summary>An exclusive resource that takes its time to stop.</summary>
    private static bool HasDatabase(int seed) => seed % 5 == 4;

    private static void Node(
        StringBuilder text, SplitMix64 random, int n, int nodes, int services, string[] names, int[] homes, bool isNeighbour, bool hasDatabase)
    {
        text.Append($"[CM_NODE]\nnodename = n{n}\nhostname = h{n}\nkeep_alive_ip = 192.0.2.{n + 1}\n");
        if (n == nodes - 1 && nodes > 2 && random.Below(4) == 0) text.Append("node_is_active = 0\n");
        else if (n > 2 && random.Below(4) == 0) text.Append("witness = 1\n");
        else if (isNeighbour && n == 1 && nodes > 2) text.Append("voter = 0\n");
        if (random.Below(3) == 0) text.Append("keep_services = 1\n");
        if (hasDatabase) text.Append(n == 0 ? "node_applications = db\n" : "node_backup_applications = n0:db\n");
        if (n == 0) text.Append("node_crontabs = jobs\n");
        else if (random.Below(2) == 0) text.Append("node_backup_crontabs = n0:jobs\n");
        var own = names.Where((_, a) => homes[a] == n);
        var backups = names.Select((name, a) => (name, a)).Where(x => homes[x.a] != n && random.Below(3) > 0)
            .Select(x => $"n{homes[x.a]}:{x.name}");
        text.Append($"node_floating_ip_addrs = {string.Join(',', own)}\n");
        text.Append($"node_backup_floating_ip_addrs = {string.Join(',', backups)}\n");
        var listed = Enumerable.Range(0, services).Where(s => s % nodes == n || (s + 1) % nodes == n);
        text.Append($"node_services = {string.Join(',', listed.Select(s => $"s{s}"))}\n");
        var other = Enumerable.Range(0, services).Where(s => s % nodes != n).Select(s => $"n{s % nodes}:s{s}");
        text.Append($"node_backup_services = {string.Join(',', other)}\n");
    }
}

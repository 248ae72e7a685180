using System.Text;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;

namespace Drcm.Simulation.Cluster;

/// <summary>A random cluster of a given size: voters, a learner or a witness; resources of all kinds with their homes and backups.</summary>
internal static class RandomCluster
{
    /// <summary>Enough for everything to happen, few enough for thousands of runs.</summary>
    private const int SlotsMax = 12;

    /// <summary>Interval in milliseconds, and how many make D. The default is the dearest of them: most runs do with fewer keep-alives.</summary>
    private static readonly (int Interval, int Count)[] Timings = [(100, 15), (300, 5), (250, 6), (250, 4), (375, 4)];

    /// <summary>What ends a host that still runs something exclusive; where nothing does, mostly a fence agent, which switches off or resets.</summary>
    private static readonly string[] SelfFences = ["watchdog", "watchdog", "sysrq", "off", "off"];

    private static readonly string[] Fences = ["", "fence = fence_test\n", "fence = fence_test, action=reboot\n", "fence = fence_test, delay=2\n"];

    public static ClusterDefinition Of(SplitMix64 random, int nodes)
    {
        var hasWitness = nodes > 2 && random.Below(100) < 25;
        var workers = hasWitness ? nodes - 1 : nodes;
        var perNode = Math.Max(1, SlotsMax / workers);
        var rows = new SortedDictionary<ResourceKind, List<string>>();
        var options = new StringBuilder("[CM_OPTIONS]\n");
        var sections = new StringBuilder();
        var homes = new List<(ResourceKind Kind, string Name, int Home)>();
        var selfFence = SelfFences[random.Below(SelfFences.Length)];
        for (var n = 1; n <= workers; n++)
        {
            for (var i = 0; i < perNode; i++)
            {
                var kind = (ResourceKind)random.Below(5);
                var name = $"{Prefix(kind)}{n}{(char)('a' + i)}";
                homes.Add((kind, name, n));
                if (!rows.TryGetValue(kind, out var list)) rows[kind] = list = [];
                list.Add(Row(kind, name, homes.Count));
                var isExclusive = kind is ResourceKind.Ip or ResourceKind.Cron || random.Below(100) < 60;
                if (isExclusive && kind is not (ResourceKind.Ip or ResourceKind.Cron)) options.Append($"{KindWord(kind)}:{name}, exclusive=yes, stop_timeout=0.5\n");
            }
        }
        for (var n = 1; n <= nodes; n++)
        {
            sections.Append($"[CM_NODE]\nnodename = n{n}\nhostname = h{n}\nkeep_alive_ip = 10.0.0.{n}\n");
            if (selfFence == "off") sections.Append(Fences[random.Below(Fences.Length)]);
            if (n > workers)
            {
                sections.Append("witness = 1\n");
                continue;
            }
            foreach (var kind in rows.Keys)
            {
                var own = homes.Where(h => h.Kind == kind && h.Home == n).Select(h => h.Name).ToArray();
                if (own.Length > 0) sections.Append($"node_{ListKey(kind)} = {string.Join(',', own)}\n");
                var backups = homes.Where(h => h.Kind == kind && h.Home != n && random.Below(100) < 70).Select(h => $"n{h.Home}:{h.Name}").ToArray();
                if (backups.Length > 0) sections.Append($"node_backup_{ListKey(kind)} = {string.Join(',', backups)}\n");
            }
        }
        var (interval, count) = Timings[random.Below(Timings.Length)];
        var text = new StringBuilder($"[CM_SERVER]\nudpport = 53897\ntcpport = 53897\ninitdead = 3\nself_fence = {selfFence}\nkeep_alive_interval_ms = {interval}\ndead_node_count = {count}\n");
        foreach (var (kind, list) in rows) text.Append($"[{Section(kind)}]\n{string.Join('\n', list)}\n");
        if (options.ToString().Contains(':')) text.Append(options);
        return WorldCluster.Read(text.Append(sections).ToString());
    }

    private static string Row(ResourceKind kind, string name, int number) => kind switch
    {
        ResourceKind.Ip => $"{name}, 10.0.1.{number}, 24, eth0, /x/ip.sh",
        ResourceKind.Cron => $"{name}, /x/{name}, /etc/cron.d, /x/cron.sh",
        ResourceKind.Application => $"{name}, root:root, start, stop",
        ResourceKind.Service => $"{name}, {name}, /x/service.sh",
        ResourceKind.Filesystem => $"{name}, tmp{number}, /mnt/{name}, /x/fs.sh",
    };

    private static string Prefix(ResourceKind kind) => KindWord(kind)[..2];

    private static string KindWord(ResourceKind kind) => kind.ToString().ToLowerInvariant();

    private static string Section(ResourceKind kind) => kind switch
    {
        ResourceKind.Ip => "CM_IPADDRS",
        ResourceKind.Cron => "CM_CRONTABS",
        ResourceKind.Application => "CM_APPLICATIONS",
        ResourceKind.Service => "CM_SERVICES",
        ResourceKind.Filesystem => "CM_FILESYSTEMS",
    };

    private static string ListKey(ResourceKind kind) => kind switch
    {
        ResourceKind.Ip => "floating_ip_addrs",
        ResourceKind.Cron => "crontabs",
        ResourceKind.Application => "applications",
        ResourceKind.Service => "services",
        ResourceKind.Filesystem => "filesystems",
    };
}

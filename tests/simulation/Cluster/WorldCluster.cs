using System.Text;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;

namespace Drcm.Simulation.Cluster;

/// <summary>Small clusters as cm.cfg text, read by the real reader.</summary>
internal static class WorldCluster
{
    /// <summary>Every node has a floating address, a crontab, an exclusive application and a plain service of its own; all others back them up.</summary>
    public static ClusterDefinition Of(int nodes)
    {
        var text = new StringBuilder("[CM_SERVER]\nudpport = 53897\ntcpport = 53897\ninitdead = 3\nself_fence = watchdog\n[CM_IPADDRS]\n");
        for (var n = 1; n <= nodes; n++) text.Append($"ip{n}, 10.0.0.{100 + n}, 24, eth0, /x/ip.sh\n");
        text.Append("[CM_CRONTABS]\n");
        for (var n = 1; n <= nodes; n++) text.Append($"cron{n}, /x/cron{n}, /etc/cron.d, /x/cron.sh\n");
        text.Append("[CM_APPLICATIONS]\n");
        for (var n = 1; n <= nodes; n++) text.Append($"app{n}, root:root, start, stop\n");
        text.Append("[CM_SERVICES]\nweb, httpd, /x/service.sh\n[CM_OPTIONS]\n");
        for (var n = 1; n <= nodes; n++) text.Append($"application:app{n}, exclusive=yes, stop_timeout=0.5\n");
        for (var n = 1; n <= nodes; n++)
        {
            text.Append($"[CM_NODE]\nnodename = n{n}\nhostname = h{n}\nkeep_alive_ip = 10.0.0.{n}\nkeep_services = 1\nkeep_applications = 1\n");
            text.Append($"node_floating_ip_addrs = ip{n}\nnode_crontabs = cron{n}\nnode_applications = app{n}\nnode_services = web\n");
            text.Append($"node_backup_floating_ip_addrs = {Others(nodes, n, "ip{0}")}\n");
            text.Append($"node_backup_crontabs = {Others(nodes, n, "cron{0}")}\n");
            text.Append($"node_backup_applications = {Others(nodes, n, "app{0}")}\n");
        }
        return Read(text.ToString());
    }

    /// <summary>The same, and what may take its time is freed by fence agents in place of a watchdog.</summary>
    public static ClusterDefinition Fenced(int nodes)
    {
        var text = CanonicalText.Render(Of(nodes) with { SelfFence = SelfFence.Off });
        for (var n = 1; n <= nodes; n++) text = text.Replace($"nodename = n{n}\n", $"nodename = n{n}\nfence = fence_test\n", StringComparison.Ordinal);
        return Read(text);
    }

    public static ClusterDefinition Without(ClusterDefinition definition, ResourceId gone) => definition with
    {
        Resources = [.. definition.Resources.Where(r => r.Id != gone)],
        Nodes =
        [
            .. definition.Nodes.Select(n => n with
            {
                HomeResources = [.. n.HomeResources.Where(r => r != gone)],
                Backups = [.. n.Backups.Where(b => b.Resource != gone)],
            }),
        ],
    };

    public static ClusterDefinition WithVoters(ClusterDefinition definition, params string[] voters) => definition with
    {
        Nodes = [.. definition.Nodes.Select(n => n with { IsVoter = voters.Contains(n.Id.Value) })],
    };

    public static ClusterDefinition WithArbitrator(ClusterDefinition definition) => definition with { ArbitrationAddresses = ["10.0.0.254"] };

    /// <summary>A third of the silence.</summary>
    public static ClusterDefinition Faster(ClusterDefinition definition) => definition with
    {
        Timing = definition.Timing with
        {
            KeepAliveInterval = TimeSpan.FromMilliseconds(50),
            DeadAfter = TimeSpan.FromMilliseconds(500),
            Lease = TimeSpan.FromMilliseconds(300),
            StopBudget = TimeSpan.FromMilliseconds(150),
            ElectionTimeout = TimeSpan.FromMilliseconds(250),
        },
    };

    public static Configure Configure(ClusterDefinition definition) => new(CanonicalText.Render(definition), "the file of it");

    public static ClusterDefinition Read(string text)
    {
        var file = CmConfigReader.Read(text);
        return file.HasErrors
            ? throw new InvalidOperationException(string.Join('\n', file.Diagnostics.Select(d => d.Render("cm.cfg"))))
            : file.Definition!;
    }

    private static string Others(int nodes, int self, string nickname) => string.Join(
        ',', Enumerable.Range(1, nodes).Where(n => n != self).Select(n => $"n{n}:{string.Format(null, nickname, n)}"));
}

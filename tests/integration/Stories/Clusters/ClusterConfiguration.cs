using System.Net;
using System.Text;
using Drcm.TestHosts;

namespace Drcm.Integration.Tests.Stories.Clusters;

/// <summary>The cm.cfg of the stories: an address and a crontab at home on every node; on node1 also a service, an application of
/// another user and a file system. Every node backs up the others.</summary>
internal static class ClusterConfiguration
{
    public const int Nodes = 3;

    /// <summary>The account of the applications: every Linux has it, and it may do nothing.</summary>
    public const string OtherUser = "nobody";

    private static readonly string[] OnlyOnNode1 = ["service:web1", "application:worker1", "filesystem:data1"];

    /// <summary>The floating address whose home is that node.</summary>
    public static IPAddress AddressOf(int node) => TestNetwork.FloatingAddress(node);

    /// <summary>What runs on each node, in words, while all are well.</summary>
    public static IEnumerable<string> AtHome(int node)
    {
        string[] everywhere = [$"ip:front{node}", $"cron:jobs{node}"];
        return (node == 1 ? everywhere.Concat(OnlyOnNode1) : everywhere).Order(StringComparer.Ordinal);
    }

    /// <param name="services">More of them, at home on node2 and backed up by node3, each with a script of its own name.</param>
    public static string Text(ClusterTiming timing, params string[] services)
    {
        var text = new StringBuilder($"""
            [CM_SERVER]
            http_port = 0
            keep_alive_interval_ms = {timing.IntervalMs}
            dead_node_count = {timing.DeadCount}
            election_timeout_ms = {timing.ElectionMs}
            initdead = 60
            announce_interval = 1
            logfile = drcm.log

            [CM_CRONTABS]
            {Rows(n => $"jobs{n}, /etc/drcm/crontabs/jobs{n}, /etc/cron.d, /etc/drcm/resources/crontab.sh")}

            [CM_IPADDRS]
            {Rows(n => $"front{n}, {AddressOf(n)}, 255.255.255.0, eth0:{n}, /etc/drcm/resources/ipv4addr.sh")}

            [CM_SERVICES]
            web1, web1, /etc/drcm/resources/init.sh
            {string.Join('\n', services.Select(s => $"{s}, {s}, /etc/drcm/resources/{s}.sh"))}

            [CM_APPLICATIONS]
            worker1, {OtherUser}:nogroup, (exec -a worker1 sleep infinity) >/dev/null 2>&1 &, pkill -u {OtherUser} -f ^worker1 || true, pgrep -u {OtherUser} -f ^worker1

            [CM_FILESYSTEMS]
            data1, tmpfs, /var/data1, /etc/drcm/resources/nfs.sh --type tmpfs

            [CM_OPTIONS]
            {string.Join('\n', services.Select(s => $"service:{s}, start_timeout=2, migration_threshold=2"))}

            """);
        for (var node = 1; node <= Nodes; node++) text.Append(Node(node, services));
        return text.ToString();
    }

    private static string Rows(Func<int, string> row) => string.Join('\n', Enumerable.Range(1, Nodes).Select(row));

    private static string Node(int node, string[] services)
    {
        var others = Enumerable.Range(1, Nodes - 1).Select(step => (node - 1 + Nodes - step) % Nodes + 1).ToArray();
        string Backups(string name) => string.Join(", ", others.Select(home => $"node{home}:{name}{home}"));
        var only = node == 1
            ? "node_services = web1\nnode_applications = worker1\nnode_filesystems = data1"
            : "node_backup_applications = node1:worker1\nnode_backup_filesystems = node1:data1";
        var serviceLists = node switch
        {
            2 => $"node_services = {string.Join(", ", services)}\nnode_backup_services = node1:web1",
            3 => $"node_backup_services = {string.Join(", ", services.Select(s => "node2:" + s).Prepend("node1:web1"))}",
            _ => "",
        };
        return $"""

            [CM_NODE]
            nodename = node{node}
            hostname = node{node}
            keep_alive_ip = 10.88.0.{10 + node}
            ipaddrs_check = 1
            crontabs_check = 1
            services_check = 2
            applications_check = 2
            filesystems_check = 2
            node_floating_ip_addrs = front{node}
            node_backup_floating_ip_addrs = {Backups("front")}
            node_crontabs = jobs{node}
            node_backup_crontabs = {Backups("jobs")}
            {only}
            {serviceLists}

            """;
    }
}

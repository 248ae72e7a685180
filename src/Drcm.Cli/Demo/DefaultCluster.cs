using System.Text;

namespace Drcm.Cli.Demo;

/// <summary>The cm.cfg of the demo's own cluster: the first node is home of a resource of every kind, the others of two each,
/// and the resources of a node have their backups on different nodes.</summary>
internal static class DefaultCluster
{
    private static readonly (string Kind, string Nickname, string HomeKey, string BackupKey)[] Kinds =
    [
        ("ip", "web", "node_floating_ip_addrs", "node_backup_floating_ip_addrs"),
        ("filesystem", "data", "node_filesystems", "node_backup_filesystems"),
        ("service", "httpd", "node_services", "node_backup_services"),
        ("cron", "jobs", "node_crontabs", "node_backup_crontabs"),
        ("application", "worker", "node_applications", "node_backup_applications"),
    ];

    public static string Render(int nodes)
    {
        var homes = Enumerable.Range(1, nodes)
            .SelectMany(node => KindsOf(node).Select(kind => (Kind: kind, Node: node)))
            .ToList();
        var text = new StringBuilder("[CM_SERVER]\n");
        Section(text, "CM_CRONTABS", homes, 3, (n, i) => $"{n}, /templates/{n}, /cron.d, recorded");
        Section(text, "CM_IPADDRS", homes, 0, (n, i) => $"{n}, 192.0.2.{10 + i}, 24, eth0, recorded");
        Section(text, "CM_SERVICES", homes, 2, (n, i) => $"{n}, {n}, recorded");
        Section(text, "CM_APPLICATIONS", homes, 4, (n, i) => $"{n}, root:root, start, stop, ensure");
        Section(text, "CM_FILESYSTEMS", homes, 1, (n, i) => $"{n}, nas:/export/{n}, /srv/{n}, recorded");
        for (var node = 1; node <= nodes; node++) Node(text, node, nodes, homes);
        return text.ToString();
    }

    private static IEnumerable<int> KindsOf(int node) => node switch
    {
        1 => [0, 1, 2, 3, 4],
        _ when node % 2 == 0 => [0, 2],
        _ => [3, 4],
    };

    private static void Section(
        StringBuilder text, string name, List<(int Kind, int Node)> homes, int kind, Func<string, int, string> row)
    {
        text.Append($"\n[{name}]\n");
        foreach (var home in homes.Where(home => home.Kind == kind)) text.Append(row(Name(kind, home.Node), home.Node)).Append('\n');
    }

    private static void Node(StringBuilder text, int node, int nodes, List<(int Kind, int Node)> homes)
    {
        text.Append($"\n[CM_NODE]\nnodename = node{node}\nhostname = host{node}\nkeep_alive_ip = 127.0.0.{node}\n");
        text.Append("ipaddrs_check = 5\nfilesystems_check = 5\nservices_check = 5\ncrontabs_check = 5\napplications_check = 5\n");
        for (var kind = 0; kind < Kinds.Length; kind++)
        {
            var own = homes.Where(home => home.Kind == kind && home.Node == node).Select(home => Name(kind, home.Node));
            var others = homes
                .Where(home => home.Kind == kind && IsBackup(node, home, nodes))
                .Select(home => $"node{home.Node}:{Name(kind, home.Node)}");
            text.Append($"{Kinds[kind].HomeKey} = {string.Join(", ", own)}\n{Kinds[kind].BackupKey} = {string.Join(", ", others)}\n");
        }
    }

    /// <summary>The kinds take turns, so that the resources of a dead node spread over the others.</summary>
    private static bool IsBackup(int node, (int Kind, int Node) home, int nodes)
    {
        var distance = (node - home.Node + nodes) % nodes;
        return distance != 0 && (nodes <= 2 || distance == 1 + home.Kind % 2);
    }

    private static string Name(int kind, int node) => $"{Kinds[kind].Nickname}{node}";
}

using Xunit;
using Drcm.StateMachine.Configuration;

namespace Drcm.Property.Tests.Configuration;

/// <summary>A small good file in named pieces, so that a test can spoil one of them.</summary>
internal static class Sample
{
    public static string Text(
        string server = "", string crontabs = "", string addresses = "", string services = "", string applications = "",
        string filesystems = "", string options = "", string node1 = "", string node2 = "", string rest = "") =>
        $"""
        [CM_SERVER]
        {server}
        [CM_CRONTABS]
        apps, /etc/drcm/crontabs/apps, /etc/cron.d, /etc/drcm/crontab.sh
        {crontabs}
        [CM_IPADDRS]
        web, 10.0.0.100, 24, eth0, /etc/drcm/ip.sh
        {addresses}
        [CM_SERVICES]
        web, httpd, /etc/drcm/service.sh
        {services}
        [CM_APPLICATIONS]
        app, root:root, start it, stop it
        {applications}
        [CM_FILESYSTEMS]
        data, tmp1, /mnt, /etc/drcm/fs.sh
        {filesystems}
        [CM_OPTIONS]
        {options}
        [CM_NODE]
        nodename = a
        hostname = a.example.com
        keep_alive_ip = 10.0.0.1
        node_crontabs = apps
        node_floating_ip_addrs = web
        node_services = web
        node_applications = app
        node_filesystems = data
        {node1}
        [CM_NODE]
        nodename = b
        hostname = b.example.com
        keep_alive_ip = 10.0.0.2
        node_backup_crontabs = a:apps
        {node2}
        {rest}
        """;

    public static string Node(string name, int number, string more = "") =>
        $"[CM_NODE]\nnodename = {name}\nhostname = {name}.example.com\nkeep_alive_ip = 10.0.1.{number}\n{more}\n";

    /// <summary>The only finding of a file.</summary>
    public static Diagnostic Single(string text) => Assert.Single(CmConfigReader.Read(text).Diagnostics);

    /// <summary>The definition of a file without errors.</summary>
    public static ClusterDefinition Good(string text)
    {
        var file = CmConfigReader.Read(text);
        Assert.Empty(file.Diagnostics.Where(d => d.Severity == Severity.Error));
        return file.Definition!;
    }
}

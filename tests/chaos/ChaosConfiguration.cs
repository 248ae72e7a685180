using System.Net;
using System.Text;
using Drcm.Integration.Tests.Stories.Clusters;
using Drcm.TestHosts;

namespace Drcm.Chaos;

/// <summary>The cm.cfg of a run: an address that the daemon handles itself, one with a script of its own, a crontab, a service that is exclusive and one that is not. Every
/// node backs up the others.</summary>
internal static class ChaosConfiguration
{
    public const string Crontab = "jobs";

    /// <summary>Services are stand-ins that hold a lock on a file of this name in the host's shared directory for as long as they run.</summary>
    public static readonly string[] Services = ["solo", "several"];

    public static IPAddress Front { get; } = TestNetwork.FloatingAddress(1);

    public static IPAddress Custom { get; } = TestNetwork.FloatingAddress(2);

    public static string SlowFile(TestHost host) => Path.Combine(host.SharedDirectory, "slow");

    public static string LockFile(TestHost host, string service) => Path.Combine(host.SharedDirectory, service);

    public static string Text(ClusterTiming timing, int hosts)
    {
        var text = new StringBuilder($"""
            [CM_SERVER]
            http_port = 0
            keep_alive_interval_ms = {timing.IntervalMs}
            dead_node_count = {timing.DeadCount}
            election_timeout_ms = {timing.ElectionMs}
            initdead = 60
            logfile = drcm.log

            [CM_CRONTABS]
            {Crontab}, /etc/drcm/crontabs/{Crontab}, /etc/cron.d, /etc/drcm/resources/crontab.sh

            [CM_IPADDRS]
            front, {Front}, 24, eth0, /etc/drcm/resources/ipv4addr.sh
            custom, {Custom}, 24, eth0, /etc/drcm/resources/custom-ip.sh

            [CM_SERVICES]
            {string.Join('\n', Services.Select(s => $"{s}, {s}, /etc/drcm/resources/stand-in.sh"))}

            [CM_OPTIONS]
            service:solo, exclusive=yes, stop_timeout=5

            """);
        for (var node = 1; node <= hosts; node++) text.Append(Node(node, hosts));
        return text.ToString();
    }

    /// <summary>Crontab, scripts and lock files of a host.</summary>
    public static void Prepare(TestHost host)
    {
        File.WriteAllText(Path.Combine(host.ConfigurationDirectory, "crontabs", Crontab), "# minutes do not matter here: no cron runs\n*/5 * * * * root true\n");
        var slow = $"[ ! -e {SlowFile(host)} ] || sleep \"$(<{SlowFile(host)})\"";
        var ours = File.ReadAllText(Path.Combine(RepositoryScripts.Directory, "ipv4addr.sh"));
        HostFiles.WriteScript(host, "custom-ip.sh", ours.Replace("# drcm-builtin: ip\n", "", StringComparison.Ordinal).Replace("set -u\n", $"set -u\n{slow}\n", StringComparison.Ordinal));
        HostFiles.WriteScript(host, "stand-in.sh", $$"""
            #!/bin/bash
            # usage: stand-in.sh NAME start|stop|watch|status
            set -u
            {{slow}}
            lock={{host.SharedDirectory}}/$1
            pidfile=/run/$1.pid
            alive() { [ -s "$pidfile" ] && kill -0 "$(<"$pidfile")" 2>/dev/null; }
            case $2 in
                start | watch)
                    alive || { setsid flock --nonblock --no-fork "$lock" sleep infinity </dev/null >/dev/null 2>&1 & echo $! >"$pidfile"; }
                    ;;
                stop)
                    ! alive || kill "$(<"$pidfile")"
                    # Stopped means gone.
                    while alive; do sleep 0.01; done
                    rm -f "$pidfile"
                    ;;
                status) alive || exit 3 ;;
            esac

            """);
        foreach (var service in Services) File.WriteAllText(LockFile(host, service), "");
    }

    private static string Node(int node, int hosts)
    {
        (string Key, string Name, int Home)[] all =
        [
            ("floating_ip_addrs", "front", 1), ("floating_ip_addrs", "custom", 2), ("crontabs", Crontab, 1), ("services", "solo", 2), ("services", "several", 3),
        ];
        var text = new StringBuilder($"""

            [CM_NODE]
            nodename = node{node}
            hostname = node{node}
            keep_alive_ip = 10.88.0.{10 + node}
            ipaddrs_check = 1
            crontabs_check = 1
            services_check = 1

            """);
        foreach (var group in all.GroupBy(r => (r.Key, IsHome: r.Home == node)))
        {
            var names = group.Select(r => group.Key.IsHome ? r.Name : $"node{r.Home}:{r.Name}");
            text.Append($"node_{(group.Key.IsHome ? "" : "backup_")}{group.Key.Key} = {string.Join(", ", names)}\n");
        }
        return text.ToString();
    }
}

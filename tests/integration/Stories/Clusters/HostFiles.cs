using Drcm.StateMachine.Configuration;
using Drcm.TestHosts;

namespace Drcm.Integration.Tests.Stories.Clusters;

/// <summary>Fills a host's /etc/drcm: configuration, auth key, templates, resource scripts.</summary>
internal static class HostFiles
{
    private const UnixFileMode Program =
        AuthKeyRules.DirectoryMode | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode Closed = AuthKeyRules.DirectoryMode;

    /// <summary>A service as an init script runs it.</summary>
    public const string InitScript = """
        #!/bin/bash
        # usage: init.sh NAME start|stop|watch|status
        set -u
        name=$1
        pidfile=/run/$name.pid
        alive() { [ -s "$pidfile" ] && kill -0 "$(<"$pidfile")" 2>/dev/null; }
        start() {
            setsid bash -c 'exec -a "$0" sleep infinity' "$name" </dev/null >/dev/null 2>&1 &
            echo $! >"$pidfile"
        }
        case $2 in
            start | watch) alive || start ;;
            stop)
                ! alive || kill "$(<"$pidfile")"
                rm -f "$pidfile"
                ;;
            status) alive || exit 3 ;;
        esac
        """;

    public static void Write(TestHost host, string configuration, byte[] authKey)
    {
        var etc = host.ConfigurationDirectory;
        File.WriteAllText(Path.Combine(etc, "cm.cfg"), configuration);
        var auth = Directory.CreateDirectory(Path.Combine(etc, ".auth"), Closed).FullName;
        var key = Path.Combine(auth, "authkey");
        File.WriteAllBytes(key, authKey);
        File.SetUnixFileMode(key, AuthKeyRules.FileMode);
        var crontabs = Directory.CreateDirectory(Path.Combine(etc, "crontabs")).FullName;
        for (var node = 1; node <= ClusterConfiguration.Nodes; node++)
            File.WriteAllText(Path.Combine(crontabs, $"jobs{node}"), $"# jobs of node{node}\n");
        var resources = Directory.CreateDirectory(Path.Combine(etc, "resources")).FullName;
        foreach (var script in Directory.GetFiles(RepositoryScripts.Directory, "*.sh"))
            WriteProgram(Path.Combine(resources, Path.GetFileName(script)), File.ReadAllText(script));
        WriteScript(host, "init.sh", InitScript);
        foreach (var directory in new[] { host.SpoolDirectory, host.LogDirectory, host.RunDirectory })
            File.SetUnixFileMode(directory, Closed | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
    }

    /// <summary>Another resource script in the host's /etc/drcm/resources.</summary>
    public static void WriteScript(TestHost host, string name, string text) =>
        WriteProgram(Path.Combine(host.ConfigurationDirectory, "resources", name), text);

    private static void WriteProgram(string path, string text)
    {
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, Program);
    }
}

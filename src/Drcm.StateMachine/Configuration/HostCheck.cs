using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration;

/// <summary>What cm.cfg asks of the host: used by <c>drcm config check</c> and by the daemon at its start.</summary>
public static class HostCheck
{
    /// <param name="file">As read; the daemon first puts its overridden directories into <c>Local</c>.</param>
    /// <param name="configPath">Absolute path that it was read from: the key lies beside it.</param>
    /// <param name="node">The node that this host is; null: the one whose hostname is this host's.</param>
    /// <param name="host">The host.</param>
    /// <returns>Findings by line and column.</returns>
    public static ImmutableArray<Diagnostic> Check(CmConfigFile file, string configPath, NodeId? node, IHostFacts host)
    {
        var found = new List<Diagnostic>();
        if (!host.IsRoot)
        {
            found.Add(new Diagnostic(Severity.Warning, 0, 0, "this user is not root",
                "run as root: else some files look as if they were missing"));
        }
        var here = Here(file, node, host, found);
        Directories(file, configPath, host, found);
        AuthKey(configPath, host, found);
        if (file.Definition is { } definition && here is not { IsWitness: true })
        {
            found.AddRange(definition.Resources.SelectMany(r => ResourceCheck.Check(r, file.Sources, host)));
            Gate(definition, host, found);
            if (here is not null) Watchdog(file, definition, here, host, found);
        }
        if (file.Definition is { } cluster)
            found.AddRange(cluster.Nodes.Where(n => n.Id != here?.Id).SelectMany(n => ResourceCheck.FenceAgent(n, file.Sources, host)));
        return [.. found.OrderBy(d => d.Line).ThenBy(d => d.Column)];
    }

    private static NodeDefinition? Here(CmConfigFile file, NodeId? node, IHostFacts host, List<Diagnostic> found)
    {
        if (file.Definition is not { } definition) return null;
        var here = node is { } id
            ? definition.Nodes.FirstOrDefault(n => n.Id == id)
            : definition.Nodes.FirstOrDefault(n => n.Hostname.Equals(host.Hostname, StringComparison.OrdinalIgnoreCase));
        if (here is not null) return here;
        found.Add(node is null
            ? new Diagnostic(Severity.Error, 0, 0, $"no [CM_NODE] has the hostname of this host, {host.Hostname}",
                $"write hostname = {host.Hostname} in the section of this node")
            : new Diagnostic(Severity.Error, 0, 0, $"no [CM_NODE] has the nodename {node}",
                $"name one of {string.Join(", ", definition.Nodes.Select(n => n.Id))}"));
        return null;
    }

    /// <summary>O18.</summary>
    private static void Gate(ClusterDefinition definition, IHostFacts host, List<Diagnostic> found)
    {
        if (host.HasNftables || !definition.Resources.Any(r => r is IpAddressDefinition) || TimingRules.AreLifetimesEnough(definition.Timing)) return;
        var least = TimingRules.AddressLifetime(definition.Timing.Lease) + TimingRules.LifetimeLateness;
        found.Add(new Diagnostic(Severity.Warning, 0, 0,
            "libnftables.so.1 is missing: when drcmd and its guard freeze together, this node holds its floating addresses beyond D",
            $"install libnftables1 (Debian, Ubuntu) or nftables (others), or make D at least {DurationText.Seconds(least)} s"));
    }

    /// <summary>Looked at, not opened: opening starts it.</summary>
    private static void Watchdog(CmConfigFile file, ClusterDefinition definition, NodeDefinition here, IHostFacts host, List<Diagnostic> found)
    {
        if (ReleaseRules.SelfFenceOf(definition, here.Id) != SelfFence.Watchdog || host.Look(file.Local.WatchdogDevice) is { IsDirectory: false }) return;
        found.Add(ResourceCheck.Error(file.Sources.Of("watchdog"),
            $"self_fence = watchdog, and {file.Local.WatchdogDevice} is missing: what is exclusive and takes its time to stop is not started here",
            "load the driver of the watchdog (or modprobe softdog, which a kernel that hangs takes with it), or write self_fence = off or sysrq"));
    }

    private static void Directories(CmConfigFile file, string configPath, IHostFacts host, List<Diagnostic> found)
    {
        Directory(configPath[..Math.Max(1, configPath.LastIndexOf('/'))], default, "the directory of cm.cfg");
        Directory(file.Local.RunDir, file.Sources.Of("run_dir"), "run_dir");
        Directory(file.Local.LogDir, file.Sources.Of("log_dir"), "log_dir");
        Directory(file.Local.SpoolDir, file.Sources.Of("spool_dir"), "spool_dir");
        if (host.Look(file.Local.SpoolDir) is { IsDirectory: true } spool && AuthKeyRules.IsWritableByOthers(spool.Mode))
        {
            found.Add(ResourceCheck.Error(file.Sources.Of("spool_dir"),
                $"spool_dir {file.Local.SpoolDir} has mode {AuthKeyRules.Octal(spool.Mode)}: others may forge its promises",
                $"chmod 700 {file.Local.SpoolDir}"));
        }

        void Directory(string path, SourcePosition at, string name)
        {
            if (host.Look(path) is { IsDirectory: true }) return;
            found.Add(ResourceCheck.Error(at, $"{name} {path} is missing", $"mkdir -p {path}"));
        }
    }

    private static void AuthKey(string configPath, IHostFacts host, List<Diagnostic> found)
    {
        var directory = AuthKeyRules.DirectoryOf(configPath);
        if (host.Look(directory) is { IsDirectory: true } dir)
            found.AddRange(AuthKeyRules.CheckDirectory(directory, dir.Mode));
        var key = AuthKeyRules.KeyPathOf(configPath);
        if (host.Look(key) is not { IsDirectory: false, IsReadable: true } keyFile)
        {
            found.Add(new Diagnostic(Severity.Error, 0, 0, $"the auth key {key} is missing or cannot be read",
                "make it on one node with drcm auth init and copy it to all"));
        }
        else
        {
            found.AddRange(AuthKeyRules.Check(key, keyFile.Mode, keyFile.Length));
        }
        var hash = AuthKeyRules.HashPathOf(configPath);
        if (host.Look(hash) is not { IsDirectory: false, IsReadable: true })
        {
            found.Add(new Diagnostic(Severity.Warning, 0, 0, $"{hash} is missing or cannot be read",
                "only tools of the original need it; drcm auth init writes it"));
        }
    }
}

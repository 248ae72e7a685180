using System.Globalization;
using Drcm.Integration.Tests.Stories.Clusters;

namespace Drcm.Chaos.Faults;

/// <summary>Does it, and undoes it.</summary>
internal sealed class FaultInjector(ClusterOfHosts cluster)
{
    private const string BothPattern = "drcmd( guard|$| --config)";
    private const string GuardPattern = "drcmd guard";
    private const int LossPercent = 30;
    private const string SlowSeconds = "1.5";

    public async Task InjectAsync(Fault fault, CancellationToken cancellationToken)
    {
        var daemon = cluster.Daemons[fault.Host - 1];
        // The fault before may have ended it.
        if (!daemon.Host.IsOn) return;
        switch (fault.Kind)
        {
            case FaultKind.KillDaemon:
                daemon.Signal(HostDaemon.SigKill);
                break;
            case FaultKind.KillGuard:
                await SignalAsync(daemon, "KILL", GuardPattern, cancellationToken);
                break;
            case FaultKind.KillBoth:
                await SignalAsync(daemon, "KILL", BothPattern, cancellationToken);
                break;
            case FaultKind.StopDaemon:
                daemon.Freeze();
                break;
            case FaultKind.StopBoth:
                await SignalAsync(daemon, "STOP", BothPattern, cancellationToken);
                break;
            case FaultKind.HostGone:
                await daemon.PowerOffAsync(cancellationToken);
                break;
            case FaultKind.CutToSome:
                await cluster.Network.PartitionAsync([daemon.Host], fault.Peers.Select(HostOf), cancellationToken);
                break;
            case FaultKind.CutOneWay:
                await CutOneWayAsync(fault, cancellationToken);
                break;
            case FaultKind.Loss:
                await daemon.Host.LoseFramesAsync(LossPercent, cancellationToken);
                break;
            case FaultKind.DiskFull:
                Fill(Ballast(daemon));
                break;
            case FaultKind.SlowScripts:
                await File.WriteAllTextAsync(ChaosConfiguration.SlowFile(daemon.Host), SlowSeconds, cancellationToken);
                break;
        }
        if (fault.IsRestarted) await daemon.RestartAsync(cancellationToken);
    }

    /// <summary>Everything connected, on, thawed and with room; daemons that have ended are started by <see cref="KeepRunningAsync"/>.</summary>
    public async Task HealAsync(CancellationToken cancellationToken)
    {
        await cluster.Network.HealAsync(cancellationToken);
        foreach (var daemon in cluster.Daemons)
        {
            File.Delete(Ballast(daemon));
            File.Delete(ChaosConfiguration.SlowFile(daemon.Host));
            if (!daemon.Host.IsOn) await daemon.Host.PowerOnAsync(cancellationToken);
            else await SignalAsync(daemon, "CONT", BothPattern, cancellationToken);
        }
    }

    /// <summary>What a service manager does. To be called again and again: what was killed while it was frozen ends a little after the thaw.</summary>
    public async Task KeepRunningAsync(CancellationToken cancellationToken)
    {
        foreach (var daemon in cluster.Daemons)
        {
            if (daemon.IsRunning) daemon.Thaw();
            else await daemon.StartAsync(cancellationToken);
        }
    }

    private static string Ballast(HostDaemon daemon) => Path.Combine(daemon.Host.SpoolDirectory, "ballast");

    private TestHosts.TestHost HostOf(int number) => cluster.Network.Hosts[number - 1];

    private async Task CutOneWayAsync(Fault fault, CancellationToken cancellationToken)
    {
        var host = HostOf(fault.Host);
        if (fault.Peers.Length == cluster.Daemons.Length - 1)
        {
            await host.CutLinkAsync(fault.Direction, cancellationToken);
            return;
        }
        foreach (var peer in fault.Peers.Select(HostOf))
        {
            var isFrom = fault.Direction == TestHosts.LinkDirection.FromHost;
            await cluster.Network.CutOneWayAsync(isFrom ? host : peer, isFrom ? peer : host, cancellationToken);
        }
    }

    /// <summary>One sweep over the host's processes, so that both are hit within a fraction of a millisecond. Nobody there to hit is no error.</summary>
    private static async Task SignalAsync(HostDaemon daemon, string signal, string pattern, CancellationToken cancellationToken)
    {
        var result = await daemon.Host.RunAsync(["pkill", "-" + signal, "-f", pattern], cancellationToken);
        if (result.ExitCode > 1)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"pkill in {daemon.Name}: exit {result.ExitCode}: {result.Output}"));
    }

    private static void Fill(string path)
    {
        var block = new byte[4096];
        try
        {
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            while (true) file.Write(block);
        }
        catch (IOException)
        {
            // No space left: what was wanted.
        }
    }
}

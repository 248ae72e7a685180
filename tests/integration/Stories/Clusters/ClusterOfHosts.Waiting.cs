using System.Diagnostics;
using System.Text;
using Drcm.StateMachine.Control;

namespace Drcm.Integration.Tests.Stories.Clusters;

/// <content>Waiting for what must come, and telling what came instead.</content>
internal sealed partial class ClusterOfHosts
{
    private const int LinesShown = 30;

    /// <summary>Only a failure waits this long; on a crowded machine everything takes a few seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Until that daemon's word is so.</summary>
    public Task<ClusterStatus> UntilAsync(
        HostDaemon by, string what, Func<ClusterStatus, bool> condition, CancellationToken cancellationToken) =>
        WaitAsync([by], what, condition, cancellationToken);

    /// <summary>Until the word of every running daemon is so.</summary>
    public Task<ClusterStatus> UntilAllAsync(string what, Func<ClusterStatus, bool> condition, CancellationToken cancellationToken) =>
        WaitAsync([.. Daemons.Where(d => d.IsRunning)], what, condition, cancellationToken);

    /// <summary>Awaits something that an observer waits for.</summary>
    public async Task<T> WithinPatienceAsync<T>(string what, Func<CancellationToken, Task<T>> wait, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            return await wait(limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(await ReportAsync(what, cancellationToken), e);
        }
    }

    /// <summary>Until the host's own word is so: what is on it, seen without asking its daemon.</summary>
    public async Task<HostView> UntilSeenAsync(
        HostDaemon on, string what, Func<HostView, bool> condition, CancellationToken cancellationToken)
    {
        return await WithinPatienceAsync(
            what,
            async limit =>
            {
                while (true)
                {
                    var view = await HostView.OfAsync(on.Host, limit);
                    if (condition(view)) return view;
                    await Task.Delay(LookInterval, limit);
                }
            },
            cancellationToken);
    }

    private async Task<ClusterStatus> WaitAsync(
        HostDaemon[] daemons, string what, Func<ClusterStatus, bool> condition, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            ClusterStatus? good = null;
            foreach (var daemon in daemons)
            {
                good = await TryStatusAsync(daemon, cancellationToken) is { } status && condition(status) ? status : null;
                if (good is null) break;
            }
            if (good is not null) return good;
            if (Stopwatch.GetElapsedTime(started) > Patience) throw new TimeoutException(await ReportAsync(what, cancellationToken));
            await Task.Delay(LookInterval, cancellationToken);
        }
    }

    private Task<string> ReportAsync(string what, CancellationToken cancellationToken) =>
        TellAsync($"not within {Patience.TotalSeconds} s: {what}", cancellationToken);

    /// <summary>For the message of a failure: what is seen on each host, what each daemon thinks and what it said last.</summary>
    public async Task<string> TellAsync(string headline, CancellationToken cancellationToken)
    {
        var text = new StringBuilder(headline).Append('\n');
        foreach (var daemon in Daemons)
        {
            text.Append($"== {daemon.Name}: host {(daemon.Host.IsOn ? "on" : "off")}, daemon {(daemon.IsRunning ? "runs" : "does not run")}\n");
            if (daemon.Host.IsOn) text.Append($"seen on it: {await HostView.OfAsync(daemon.Host, cancellationToken)}\n");
            if (await TryStatusAsync(daemon, cancellationToken) is { } status) Describe(text, status);
            foreach (var line in daemon.LastLines(LinesShown)) text.Append($"    {line}\n");
        }
        return text.ToString();
    }

    private static void Describe(StringBuilder text, ClusterStatus status)
    {
        var cluster = status.Cluster;
        text.Append($"leader {cluster.Leader}, quorum {cluster.HasQuorum}, lease {cluster.LeaseRemainingMs} ms, applied {cluster.Applied}\n");
        foreach (var node in status.Nodes) text.Append($"  {node.Name} {node.Status} {node.Standby} heard {node.HeardMs} ms: {node.Reason}\n");
        foreach (var slot in status.Slots) text.Append($"  {slot.Slot} {slot.Phase} on {slot.Owner}: {slot.Reason} {slot.LastFailure}\n");
    }
}

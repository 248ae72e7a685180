using Drcm.Chaos.Broken;
using Drcm.Chaos.Faults;
using Drcm.Chaos.Observation;
using Drcm.Chaos.Reports;
using Drcm.Integration.Tests.Stories.Clusters;
using Drcm.StateMachine.Control;
using Drcm.TestHosts;

namespace Drcm.Chaos;

/// <summary>Real daemons on hosts in namespaces, under faults of real kernels, with somebody who looks at everything. Needs what <see cref="TestNetwork"/> needs.</summary>
public sealed class ChaosRun : IAsyncDisposable
{
    private const int SpoolMiB = 48;
    private const int StoryLines = 120;

    /// <summary>A node with trouble of its own is given nothing for half a minute after it; the rest of it is a crowded machine.</summary>
    private static readonly TimeSpan SettlePatience = TimeSpan.FromSeconds(120);

    /// <summary>After that long the next fault comes, even if not everything is at home again.</summary>
    private static readonly TimeSpan StepPatience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    private readonly ChaosOptions _options;
    private readonly ClusterOfHosts _cluster;
    private readonly FaultInjector _injector;
    private readonly Story _story = new();
    private readonly ResourceWatch _watch;
    private readonly EventWatch _events;
    private readonly StepBook _book;
    private readonly List<string> _problems = [];

    private ChaosRun(ChaosOptions options, ClusterOfHosts cluster)
    {
        _options = options;
        _cluster = cluster;
        _injector = new FaultInjector(cluster);
        _watch = new ResourceWatch(cluster.Network, _story);
        _events = new EventWatch(cluster, _story);
        _book = new StepBook(cluster.Timing.DeadAfter);
    }

    /// <summary>Runs it from beginning to end.</summary>
    /// <exception cref="InvalidOperationException">The network cannot be made here.</exception>
    public static async Task<ChaosReport> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        var timing = options.IsFast ? ClusterTiming.Fast : ClusterTiming.Default;
        var variant = options.Broken is { } name ? BrokenVariants.All[name] : null;
        var empty = Directory.CreateTempSubdirectory("drcm-chaos-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(empty.FullName, "libnftables.so.1"), "", cancellationToken);
            await using var cluster = await ClusterOfHosts.StartAsync(
                timing, ChaosConfiguration.Text(timing, options.Hosts), ChaosConfiguration.Prepare, cancellationToken, options.Hosts, SpoolMiB,
                variant?.Environment(empty.FullName));
            await using var run = new ChaosRun(options, cluster);
            return variant is null ? await run.RandomAsync(cancellationToken) : await run.DirectedAsync(variant, cancellationToken);
        }
        finally
        {
            empty.Delete(recursive: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        await _events.DisposeAsync();
    }

    private async Task<ChaosReport> RandomAsync(CancellationToken cancellationToken)
    {
        await SettleAsync("the start", cancellationToken);
        using var asker = _cluster.Network.Client.Ask(ChaosConfiguration.Front);
        var schedule = new FaultSchedule(_options.Seed, _options.Hosts, _cluster.Timing.DeadAfter);
        var begun = _cluster.Network.Now;
        while (_problems.Count == 0 && _cluster.Network.Now - begun < _options.Time) await StepAsync(schedule.Next(), asker, cancellationToken);
        if (_problems.Count == 0) await SettleAsync("the last step", cancellationToken);
        FindOverlaps("between the steps");
        return await ReportAsync(_cluster.Network.Now - begun, cancellationToken);
    }

    private async Task StepAsync(FaultStep step, AddressAsker asker, CancellationToken cancellationToken)
    {
        var now = _cluster.Network.Now;
        _watch.BeginStep();
        Tell($"-- step {step.Number}: {step}");
        foreach (var fault in step.Faults) await _injector.InjectAsync(fault, cancellationToken);
        await Task.Delay(step.Hold, cancellationToken);
        Tell("-- healed");
        await _injector.HealAsync(cancellationToken);
        var isSettled = await TrySettleAsync(StepPatience, cancellationToken);
        _book.Add(step, isSettled, _watch, asker.LongestSilence(now));
        FindOverlaps(step.ToString());
    }

    /// <summary>The one fault that shows a broken variant, held until another node has taken over.</summary>
    private async Task<ChaosReport> DirectedAsync(BrokenVariant variant, CancellationToken cancellationToken)
    {
        var guards = new List<HostProcess>();
        try
        {
            if (variant.HasIdleGuard)
            {
                foreach (var host in _cluster.Network.Hosts)
                    guards.Add(await host.StartAsync([Path.Combine(AppContext.BaseDirectory, "Drcm.Chaos"), IdleGuard.Verb, "/var/run/drcm"], cancellationToken));
            }
            await SettleAsync("the start", cancellationToken);
            var begun = _cluster.Network.Now;
            var step = new FaultStep(1, [new Fault(variant.Fault, 2, [], IsRestarted: false, LinkDirection.Both)], 4 * _cluster.Timing.DeadAfter, HasMajority: true);
            Tell($"-- {step}; {variant.What}");
            _watch.BeginStep();
            await _injector.InjectAsync(step.Faults[0], cancellationToken);
            await Task.Delay(step.Hold, cancellationToken);
            _book.Add(step, isSettled: false, _watch, TimeSpan.Zero);
            FindOverlaps(step.ToString());
            return Report(_cluster.Network.Now - begun, []);
        }
        finally
        {
            foreach (var guard in guards) await guard.DisposeAsync();
        }
    }

    /// <summary>Everything at home again; what has ended is started again meanwhile. A cluster that does not come back is a problem of its own.</summary>
    private async Task SettleAsync(string after, CancellationToken cancellationToken)
    {
        if (!await TrySettleAsync(SettlePatience, cancellationToken))
            _problems.Add(await _cluster.TellAsync($"not at home {SettlePatience.TotalSeconds:0} s after {after}", cancellationToken));
    }

    private async Task<bool> TrySettleAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var since = _cluster.Network.Now;
        while (!await IsAtHomeAsync(cancellationToken))
        {
            if (_cluster.Network.Now - since > patience)
            {
                Tell(FormattableString.Invariant($"-- not everything is at home after {patience.TotalSeconds:0} s"));
                return false;
            }
            await _injector.KeepRunningAsync(cancellationToken);
            await Task.Delay(LookInterval, cancellationToken);
        }
        Tell(FormattableString.Invariant($"-- settled after {(_cluster.Network.Now - since).TotalMilliseconds:0} ms"));
        return true;
    }

    private async Task<bool> IsAtHomeAsync(CancellationToken cancellationToken)
    {
        foreach (var daemon in _cluster.Daemons)
        {
            if (!daemon.IsRunning || await ClusterOfHosts.TryStatusAsync(daemon, cancellationToken) is not { } status || !ClusterOfHosts.IsAtHome(status)) return false;
        }
        return _watch.IsEverythingHeld;
    }

    private void FindOverlaps(string where)
    {
        if (_problems.Count > 0) return;
        foreach (var sight in Enum.GetValues<Sight>().Where(Sights.IsExclusive))
        {
            if (_watch[sight].DoubleSamples > 0)
                _problems.Add(FormattableString.Invariant($"{Sights.Words(sight)} on two hosts for {_watch[sight].Longest.TotalMilliseconds:0.0} ms: {where}"));
        }
    }

    private async Task<ChaosReport> ReportAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        if (_problems.Count > 0) return Report(time, []);
        var status = new List<ClusterStatus>();
        foreach (var daemon in _cluster.Daemons) status.Add(await _cluster.StatusAsync(daemon, cancellationToken));
        return Report(time, await _events.CompareAsync(status.Min(s => s.Cluster.Applied), cancellationToken));
    }

    private ChaosReport Report(TimeSpan time, IReadOnlyList<string> lost) => new(
        _options.Seed, _options.Hosts, (int)_cluster.Timing.DeadAfter.TotalMilliseconds, time.TotalSeconds, _book.Faults,
        _watch.Samples, _watch.LongestGap.TotalMilliseconds, _watch.LateSamples, _watch.IsRealTime,
        [.. Enum.GetValues<Sight>().Select(s => new OverlapLine(Sights.Words(s), _watch[s].Longest.TotalMilliseconds, _watch[s].DoubleSamples, _watch[s].Moves, Sights.IsExclusive(s)))],
        _book.Lines, _events.Reported, lost.Count, [.. _problems, .. lost.Take(StoryLines)], _story.Tail(StoryLines), _options.Replay);

    private void Tell(string what)
    {
        _story.Tell(_cluster.Network.Now, what);
        _options.Progress?.Invoke(FormattableString.Invariant($"{_cluster.Network.Now.TotalSeconds,8:0.0}  {what}"));
    }
}

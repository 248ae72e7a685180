using System.Diagnostics;
using System.Globalization;
using System.Text;
using Drcm.Consensus;

namespace Drcm.Simulation.Log;

/// <summary>One cluster, its faults and its clients, from one seed. The order of the faults comes from the seed; threads and timers are real, so a run is
/// not repeated exactly.</summary>
/// <param name="changesMembers">Members lose their disks and are replaced.</param>
internal sealed class LogRun(int seed, int memberCount, Func<IReplicatedLog, IReplicatedLog> wrap, bool flushesLie, bool changesMembers, bool forgetsTheDisk)
{
    private const int Proposers = 3;
    private static readonly TimeSpan ChaosTime = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan ProposalMax = TimeSpan.FromMilliseconds(400);

    /// <summary>Calm after everything is mended, at a stretch, in which there must be progress: thirty elections.</summary>
    private static readonly TimeSpan CalmMax = TimeSpan.FromSeconds(4);

    /// <summary>A machine so busy that it never gets that calm says nothing.</summary>
    private static readonly TimeSpan HealMax = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan HealLook = TimeSpan.FromMilliseconds(50);
    private readonly Random _random = new(seed);
    private readonly List<SimMember> _members = [];
    private MemberChanges? _changes;
    private int _number;

    public History History { get; } = new();

    /// <summary>The machine was too busy to tell whether there is progress after the faults.</summary>
    public bool IsInconclusive { get; private set; }

    /// <summary>Members added or taken out.</summary>
    public int MemberChanges => _changes?.Committed ?? 0;

    public async Task RunAsync()
    {
        var root = Directory.CreateTempSubdirectory("drcm-simulation-");
        var names = Enumerable.Range(0, memberCount).Select(i => ((char)('a' + i)).ToString()).ToArray();
        var network = new SimNetwork(_random.Next(), names);
        try
        {
            foreach (var name in names)
            {
                var disk = new SimDisk(new Random(_random.Next())) { FlushesLie = flushesLie };
                _members.Add(new(name, network, disk, Path.Combine(root.FullName, name), History, wrap));
            }

            await Task.WhenAll(_members.Select(m => m.StartAsync()));
            await BeChaoticAsync(network);
            await HealAsync(network);
            History.CheckAtTheEnd();
        }
        finally
        {
            await Task.WhenAll(_members.Select(m => m.DisposeAsync().AsTask()));
            root.Delete(recursive: true);
        }
    }

    private async Task BeChaoticAsync(SimNetwork network)
    {
        using var chaos = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Proposers).Select(n => ProposeAsync(new Random(_random.Next()), chaos.Token))
            .Append(AskForBarriersAsync(new Random(_random.Next()), chaos.Token)).ToArray();
        var end = Stopwatch.GetTimestamp() + (long)(ChaosTime.TotalSeconds * Stopwatch.Frequency);
        _changes = changesMembers || forgetsTheDisk ? new(_random, network, _members, History, forgetsTheDisk) : null;
        Faults faults = new(_random, network, _members, History, _changes);
        while (Stopwatch.GetTimestamp() < end)
        {
            await Task.Delay(_random.Next(10, 80), CancellationToken.None);
            await faults.NextAsync(chaos.Token);
        }

        await chaos.CancelAsync();
        await Task.WhenAll(clients);
    }

    private async Task HealAsync(SimNetwork network)
    {
        History.Note("everything is mended");
        network.Heal();
        foreach (var member in _members)
        {
            member.Disk.IsFull = false;
            if (member.Log is null)
            {
                await member.StartAsync();
            }
        }

        using var limit = new CancellationTokenSource();
        var start = Stopwatch.GetTimestamp();
        var progressing = ProgressAsync(limit.Token);
        while (!progressing.IsCompleted && CalmClock.CalmSince(start) < CalmMax && Stopwatch.GetElapsedTime(start) < HealMax)
        {
            await Task.WhenAny(progressing, Task.Delay(HealLook, CancellationToken.None));
        }

        if (progressing.IsCompleted)
        {
            await progressing;
            return;
        }

        IsInconclusive = CalmClock.CalmSince(start) < CalmMax;
        await limit.CancelAsync();
        await progressing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!IsInconclusive)
        {
            var states = _members.Select(m => $"{m.Name}: {(m.Log is { } log ? $"{log.Leadership}, has read {m.Version}" : "down")}");
            _members.ForEach(m => History.Note(EngineState.Of(m)));
            History.Violate($"no progress in {CalmMax.TotalSeconds} s of calm after everything was mended; {string.Join("; ", states)}");
        }
    }

    /// <summary>Ends when an append is acknowledged and everybody has read it.</summary>
    private async Task ProgressAsync(CancellationToken cancellationToken)
    {
        if (_changes is not null && !forgetsTheDisk)
        {
            await _changes.CompleteAsync(CommitAsync, cancellationToken);
        }

        var last = await CommitAsync(cancellationToken);
        while (!_members.TrueForAll(m => m.HasSeen(last)))
        {
            await Task.Delay(5, cancellationToken);
        }
    }

    /// <returns>Index of an entry that was committed.</returns>
    private async Task<long> CommitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var index = await ProposeOnceAsync(_members[_random.Next(_members.Count)], LogVersion.Any, cancellationToken);
            await Task.Delay(5, cancellationToken);
            if (index > 0)
            {
                return index;
            }
        }
    }

    private async Task ProposeAsync(Random random, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var member = Leading(random);
            await ProposeOnceAsync(member, random.Next(2) == 0 ? LogVersion.Any : member.Version, cancellationToken);
            await Task.Delay(random.Next(1, 6), CancellationToken.None);
        }
    }

    /// <returns>Its index when it was committed, else 0.</returns>
    private async Task<long> ProposeOnceAsync(SimMember member, long expectedVersion, CancellationToken cancellationToken)
    {
        if (member.Log is not { } log)
        {
            return 0;
        }

        var payload = string.Create(CultureInfo.InvariantCulture, $"{member.Name}-{Interlocked.Increment(ref _number)}");
        History.Ask(payload, expectedVersion);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ProposalMax);
        try
        {
            var outcome = await log.AppendAsync(expectedVersion, Encoding.UTF8.GetBytes(payload), patience.Token);
            History.Answer(payload, outcome);
            return outcome.Status == AppendStatus.Committed ? outcome.Index : 0;
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or LogDamagedException)
        {
            // Unknown: it may have taken effect.
            return 0;
        }
    }

    /// <summary>Behind a barrier everything that was acknowledged before it can be read without waiting.</summary>
    private async Task AskForBarriersAsync(Random random, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var member = _members[random.Next(_members.Count)];
            var acknowledged = History.AcknowledgedIndex;
            if (member.Log is { } log && acknowledged > 0)
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                patience.CancelAfter(ProposalMax);
                try
                {
                    await log.ReadBarrierAsync(patience.Token);
                    await using var reading = log.ReadCommittedAsync(acknowledged - 1, patience.Token).GetAsyncEnumerator(patience.Token);
                    var next = reading.MoveNextAsync();
                    if (!next.IsCompleted)
                    {
                        History.Violate($"{member.Name} read past a barrier and did not have entry {acknowledged}, acknowledged before");
                    }

                    await next;
                }
                catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or LogDamagedException)
                {
                    // No majority, or stopped: a barrier promises nothing then.
                }
            }

            await Task.Delay(random.Next(1, 15), CancellationToken.None);
        }
    }

    private SimMember Leading(Random random)
    {
        var leading = _members.Where(m => m.Log?.Leadership.IsSelf == true).ToList();
        return leading.Count > 0 && random.Next(10) > 0 ? leading[random.Next(leading.Count)] : _members[random.Next(_members.Count)];
    }
}

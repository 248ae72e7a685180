using System.Diagnostics;
using System.Runtime.CompilerServices;
using Drcm.Consensus.Transport;

namespace Drcm.Consensus.Membership;

/// <summary>A learner's log: nothing is kept here, every reader asks a voter for what follows. A voter that is silent, or knows no leader, is left for the next one.</summary>
/// <param name="voters">Whom to ask as long as no list of members has come.</param>
internal sealed class FollowedLog(string self, IPeerRequests requests, Func<IReadOnlyList<string>> voters) : IReplicatedLog
{
    private static readonly TimeSpan BackOffMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BackOffMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(1);
    private readonly LeadershipBoard _leadership = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _sync = new();
    private IReadOnlyList<LogMember> _members = [];
    private string? _source;
    private int _turn;
    private long _answeredAt;

    public Leadership Leadership => _leadership.Current;

    public LogRole Role => LogRole.Learner;

    public IReadOnlyList<LogMember> Members => Volatile.Read(ref _members);

    /// <summary>A voter has answered.</summary>
    public bool HasFollowed { get; private set; }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public IAsyncEnumerable<Leadership> WatchLeadershipAsync(CancellationToken cancellationToken) => _leadership.WatchAsync(cancellationToken);

    public ValueTask<AppendOutcome> AppendAsync(long expectedVersion, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) => RefuseAsync();

    public ValueTask<AppendOutcome> AddMemberAsync(LogMember member, CancellationToken cancellationToken) => RefuseAsync();

    public ValueTask<AppendOutcome> RemoveMemberAsync(string name, CancellationToken cancellationToken) => RefuseAsync();

    public ValueTask CompactAsync(long index, ReadOnlyMemory<byte> state, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask ResignAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async IAsyncEnumerable<CommittedEntry> ReadCommittedAsync(long afterIndex, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterIndex);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        var cursor = afterIndex;
        SnapshotInParts snapshot = new();
        while (true)
        {
            var answer = await AskAsync(new(cursor, snapshot.Index, snapshot.Offset), either.Token, cancellationToken);
            if (answer.Snapshot is { } part)
            {
                if (snapshot.Add(part) is { } whole && whole.Index > cursor)
                {
                    cursor = whole.Index;
                    yield return whole;
                }

                continue;
            }

            snapshot = new();
            foreach (var entry in answer.Entries)
            {
                if (entry.Index > cursor)
                {
                    cursor = entry.Index;
                    yield return entry;
                }
            }
        }
    }

    public async ValueTask ReadBarrierAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        var backOff = BackOffMin;
        long? target = null;
        while (true)
        {
            var answer = await AskAsync(new(FollowRequest.NothingYet, 0, 0), either.Token, cancellationToken);
            if (target is null && answer.Leader is { } leader)
            {
                target = await ConfirmAsync(leader, either.Token);
            }

            if (target is { } index && answer.UpTo >= index)
            {
                return;
            }

            await WaitAsync(backOff, either.Token, cancellationToken);
            backOff = Longer(backOff);
        }
    }

    public ValueTask DisposeAsync() => new(_stop.CancelAsync());

    private static TimeSpan Longer(TimeSpan backOff) => backOff * 2 < BackOffMax ? backOff * 2 : BackOffMax;

    private async ValueTask<long?> ConfirmAsync(string leader, CancellationToken cancellationToken)
    {
        try
        {
            return JoinRequest.ReadAnswer((await requests.AskAsync(leader, RequestKinds.Barrier, default, cancellationToken)).Span);
        }
        catch (Exception e) when (e is PeerUnreachableException or IOException)
        {
            return null;
        }
    }

    /// <summary>How things stand, when no reader has brought that for a while; one try.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (Source() is not { } source || Stopwatch.GetElapsedTime(Volatile.Read(ref _answeredAt)) < LookAfter)
        {
            return;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        patience.CancelAfter(LookAfter);
        try
        {
            await AskAsync(source, new(FollowRequest.NothingYet, 0, 0), patience.Token);
        }
        catch (Exception e) when (e is PeerUnreachableException or OperationCanceledException)
        {
            Leave(source);
        }
    }

    /// <summary>Asks one voter after the other until one answers.</summary>
    private async ValueTask<FollowAnswer> AskAsync(FollowRequest request, CancellationToken either, CancellationToken caller)
    {
        var backOff = BackOffMin;
        while (true)
        {
            var source = Source();
            try
            {
                if (source is not null && await AskAsync(source, request, either) is { } answer)
                {
                    return answer;
                }
            }
            catch (PeerUnreachableException)
            {
                // The next one may be there.
            }
            catch (OperationCanceledException e) when (!caller.IsCancellationRequested)
            {
                throw new ObjectDisposedException("the log was stopped", e);
            }

            Leave(source);
            _leadership.Publish(_leadership.Current with { Leader = null });
            await WaitAsync(backOff, either, caller);
            backOff = Longer(backOff);
        }
    }

    /// <returns>Null when the answer is none of this release.</returns>
    private async ValueTask<FollowAnswer?> AskAsync(string source, FollowRequest request, CancellationToken cancellationToken)
    {
        if (!FollowAnswer.TryRead(await requests.AskAsync(source, RequestKinds.Follow, request.ToBytes(), cancellationToken), out var answer))
        {
            return null;
        }

        HasFollowed = true;
        Volatile.Write(ref _answeredAt, Stopwatch.GetTimestamp());
        Volatile.Write(ref _members, answer.Members.Members);
        _leadership.Publish(new(answer.Term, answer.Leader, false));
        if (answer.Leader is null && answer.Entries.Count == 0 && answer.Snapshot is null)
        {
            Leave(source);
        }

        return answer;
    }

    /// <summary>The voter that is asked now: the same for all readers, so that one which has passed a barrier finds what the barrier promised.</summary>
    private string? Source()
    {
        lock (_sync)
        {
            if (_source is null)
            {
                var known = Members.Count > 0 ? [.. Members.Select(m => m.Name)] : voters();
                var others = known.Where(v => v != self).ToList();
                _source = others.Count == 0 ? null : others[_turn++ % others.Count];
            }

            return _source;
        }
    }

    private void Leave(string? source)
    {
        lock (_sync)
        {
            if (_source == source)
            {
                _source = null;
            }
        }
    }

    private static async ValueTask WaitAsync(TimeSpan time, CancellationToken either, CancellationToken caller)
    {
        await Task.Delay(time, either).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        caller.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(either.IsCancellationRequested, typeof(FollowedLog));
    }

    private ValueTask<AppendOutcome> RefuseAsync() => ValueTask.FromResult<AppendOutcome>(
        new(AppendStatus.Rejected, 0, Leadership.Leader is { } leader ? $"not the leader; {leader} leads" : "not the leader; no leader is known"));
}

using System.Runtime.CompilerServices;

namespace Drcm.Consensus.Engines.InMemory;

/// <summary>One member of an <see cref="InMemoryCluster"/>. Made by the cluster; starts and ends like any other log.</summary>
public sealed class InMemoryLog : IReplicatedLog
{
    private readonly InMemoryCluster _cluster;
    private readonly LeadershipBoard _leadership = new();
    private readonly ChangeSignal _seen = new();
    private readonly CancellationTokenSource _stop = new();
    private long _visibleIndex;
    private volatile bool _isStarted;

    internal InMemoryLog(InMemoryCluster cluster, string name) => (_cluster, Name) = (cluster, name);

    public string Name { get; }

    public Leadership Leadership => _leadership.Current;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _isStarted = true;
        _cluster.Join(this);
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<Leadership> WatchLeadershipAsync(CancellationToken cancellationToken) =>
        _leadership.WatchAsync(cancellationToken);

    public ValueTask<AppendOutcome> AppendAsync(long expectedVersion, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var outcome = _stop.IsCancellationRequested || !Leadership.IsSelf
            ? new(AppendStatus.Rejected, 0, Leadership.Leader is { } leader ? $"not the leader; {leader} leads" : "not the leader; no leader is known")
            : payload.Length is 0 or > LogLimits.EntryBytesMax
                ? new(AppendStatus.Rejected, 0, $"an entry has 1 to {LogLimits.EntryBytesMax} bytes, this one {payload.Length}")
                : _cluster.Append(Name, expectedVersion, payload.ToArray());
        return ValueTask.FromResult(outcome);
    }

    public async IAsyncEnumerable<CommittedEntry> ReadCommittedAsync(
        long afterIndex, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterIndex);
        if (!_isStarted)
        {
            throw new InvalidOperationException("the log has not been started");
        }

        var cursor = afterIndex;
        while (true)
        {
            var change = _seen.Next;
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            if (_cluster.Next(cursor, Volatile.Read(ref _visibleIndex)) is { } entry)
            {
                cursor = entry.Index;
                yield return entry;
            }
            else
            {
                await change.WaitAsync(cancellationToken);
            }
        }
    }

    public ValueTask CompactAsync(long index, ReadOnlyMemory<byte> state, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(state.Length, LogLimits.SnapshotBytesMax);
        _cluster.Compact(index, state.ToArray());
        return ValueTask.CompletedTask;
    }

    public async ValueTask ReadBarrierAsync(CancellationToken cancellationToken)
    {
        long? target = null;
        while (true)
        {
            var (change, leadership) = (_seen.Next, _leadership.NextChange);
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            target ??= _cluster.BarrierIndex(Name);
            if (target is { } index && Volatile.Read(ref _visibleIndex) >= index)
            {
                return;
            }

            await Task.WhenAny(change, leadership).WaitAsync(cancellationToken);
        }
    }

    public LogRole Role => _cluster.IsVoter(Name, Volatile.Read(ref _visibleIndex)) ? LogRole.Voter : LogRole.Learner;

    public IReadOnlyList<LogMember> Members => _cluster.VotersAt(Volatile.Read(ref _visibleIndex));

    public ValueTask<AppendOutcome> AddMemberAsync(LogMember member, CancellationToken cancellationToken) =>
        ChangeMembersAsync(() => _cluster.AddVoter(Name, member), cancellationToken);

    public ValueTask<AppendOutcome> RemoveMemberAsync(string name, CancellationToken cancellationToken) =>
        ChangeMembersAsync(() => _cluster.RemoveVoter(Name, name), cancellationToken);

    public ValueTask ResignAsync(CancellationToken cancellationToken)
    {
        _cluster.Resign(Name);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _seen.Raise();
    }

    private ValueTask<AppendOutcome> ChangeMembersAsync(Func<AppendOutcome> change, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_stop.IsCancellationRequested || !Leadership.IsSelf
            ? new(AppendStatus.Rejected, 0, Leadership.Leader is { } leader ? $"not the leader; {leader} leads" : "not the leader; no leader is known")
            : change());
    }

    internal void Hear(Leadership leadership)
    {
        if (_isStarted && !_stop.IsCancellationRequested)
        {
            _leadership.Publish(leadership);
        }
    }

    internal void See(long index)
    {
        Volatile.Write(ref _visibleIndex, index);
        _seen.Raise();
    }
}

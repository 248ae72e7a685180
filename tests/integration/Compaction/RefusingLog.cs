using Drcm.Consensus;

namespace Drcm.Integration.Tests.Compaction;

/// <summary>A log that can only be compacted, and refuses that at first.</summary>
internal sealed class RefusingLog : IReplicatedLog
{
    public int Refusals { get; set; }

    public List<long> Asked { get; } = [];

    public Leadership Leadership => default;

    public LogRole Role => LogRole.Voter;

    public IReadOnlyList<LogMember> Members => [];

    public ValueTask CompactAsync(long index, ReadOnlyMemory<byte> state, CancellationToken cancellationToken)
    {
        Asked.Add(index);
        return Refusals-- > 0 ? throw new IOException("no space left") : ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<Leadership> WatchLeadershipAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<AppendOutcome> AppendAsync(long expectedVersion, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<CommittedEntry> ReadCommittedAsync(long afterIndex, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask ReadBarrierAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask ResignAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<AppendOutcome> AddMemberAsync(LogMember member, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<AppendOutcome> RemoveMemberAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();
}

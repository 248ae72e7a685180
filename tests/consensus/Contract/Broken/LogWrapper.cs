namespace Drcm.Consensus.Tests.Contract.Broken;

/// <summary>Passes everything through; a broken variant overrides what it breaks.</summary>
internal abstract class LogWrapper(IReplicatedLog inner) : IReplicatedLog
{
    public Leadership Leadership => Inner.Leadership;

    protected IReplicatedLog Inner { get; } = inner;

    public Task StartAsync(CancellationToken cancellationToken) => Inner.StartAsync(cancellationToken);

    public IAsyncEnumerable<Leadership> WatchLeadershipAsync(CancellationToken cancellationToken) =>
        Inner.WatchLeadershipAsync(cancellationToken);

    public virtual ValueTask<AppendOutcome> AppendAsync(
        long expectedVersion, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        Inner.AppendAsync(expectedVersion, payload, cancellationToken);

    public virtual IAsyncEnumerable<CommittedEntry> ReadCommittedAsync(long afterIndex, CancellationToken cancellationToken) =>
        Inner.ReadCommittedAsync(afterIndex, cancellationToken);

    public virtual ValueTask CompactAsync(long index, ReadOnlyMemory<byte> state, CancellationToken cancellationToken) =>
        Inner.CompactAsync(index, state, cancellationToken);

    public virtual ValueTask ReadBarrierAsync(CancellationToken cancellationToken) => Inner.ReadBarrierAsync(cancellationToken);

    public LogRole Role => Inner.Role;

    public IReadOnlyList<LogMember> Members => Inner.Members;

    public virtual ValueTask<AppendOutcome> AddMemberAsync(LogMember member, CancellationToken cancellationToken) => Inner.AddMemberAsync(member, cancellationToken);

    public virtual ValueTask<AppendOutcome> RemoveMemberAsync(string name, CancellationToken cancellationToken) => Inner.RemoveMemberAsync(name, cancellationToken);

    public virtual ValueTask ResignAsync(CancellationToken cancellationToken) => Inner.ResignAsync(cancellationToken);

    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}

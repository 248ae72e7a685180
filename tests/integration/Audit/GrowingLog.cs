using System.Runtime.CompilerServices;
using Drcm.Consensus;

namespace Drcm.Integration.Tests.Audit;

/// <summary>A log that can only be read, and grows when the test says so.</summary>
internal sealed class GrowingLog : IReplicatedLog
{
    private readonly Lock _lock = new();
    private readonly List<CommittedEntry> _entries = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Leadership Leadership => default;

    public LogRole Role => LogRole.Voter;

    public IReadOnlyList<LogMember> Members => [];

    public void Add(IEnumerable<CommittedEntry> entries)
    {
        lock (_lock)
        {
            _entries.AddRange(entries);
            _more.SetResult();
            _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public async IAsyncEnumerable<CommittedEntry> ReadCommittedAsync(long afterIndex, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = 0; ;)
        {
            Task more;
            CommittedEntry[] entries;
            lock (_lock) (entries, more) = ([.. _entries.Skip(next)], _more.Task);
            foreach (var entry in entries)
            {
                if (entry.Index > afterIndex) yield return entry;
            }
            next += entries.Length;
            if (entries.Length == 0) await more.WaitAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public IAsyncEnumerable<Leadership> WatchLeadershipAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<AppendOutcome> AppendAsync(long expectedVersion, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask CompactAsync(long index, ReadOnlyMemory<byte> state, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask ReadBarrierAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<AppendOutcome> AddMemberAsync(LogMember member, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<AppendOutcome> RemoveMemberAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask ResignAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}

using DotNext.Buffers.Binary;
using DotNext.IO;
using DotNext.IO.Log;
using DotNext.Net.Cluster;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using Drcm.Consensus.Entries;
using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Engines.DotNext;

/// <summary>Our <see cref="EntryStore"/> in the place of the engine's own log (docs/adr/0004). The engine's interface has one member that only the engine can
/// implement, so this derives from its log, which stays empty in a directory of its own, and answers everything else itself.</summary>
internal sealed partial class EngineLog : WriteAheadLog, IPersistentState, IAuditTrail<IRaftLogEntry>
{
    /// <summary>Sent to one member, or looked at by an applier, at one time.</summary>
    private const int BatchEntriesMax = 4096;
    private const int BatchBytesMax = 1024 * 1024;

    private readonly EntryStore _store;
    private readonly CommittedEntries _committed;
    private readonly SemaphoreSlim _appending = new(1, 1);
    private readonly SemaphoreSlim _applying = new(1, 1);
    private readonly Lock _sync = new();
    private readonly IndexWaiters _unapplied = new();
    private long _appliedIndex;

    public EngineLog(string directory, EntryStore store, CommittedEntries committed)
        : base(
            new() { Location = Path.Combine(directory, "engine"), MemoryManagement = MemoryManagementStrategy.PrivateMemory },
            IStateMachine.CreateNoOp())
    {
        (_store, _committed) = (store, committed);
        if (store.Snapshot is { } snapshot)
        {
            Restore(snapshot);
        }
    }

    /// <summary>Called when entries were added or cut: there may be another list of members.</summary>
    public Action? ListsChanged { get; init; }

    /// <summary>Called when a member got fewer entries than there are: another round should follow at once.</summary>
    public Action? MoreToSend { get; set; }

    /// <summary>Called when the commit index has grown.</summary>
    public Action? CommitMoved { get; set; }

    /// <summary>Entries are here that are not committed: as a leader, with a round to come.</summary>
    public bool HasUncommitted => _store.LastIndex > _store.CommitIndex;

    public new long LastEntryIndex => _store.LastIndex;

    public new long LastCommittedEntryIndex => _store.CommitIndex;

    public long Term => _store.Term;

    int IPersistentState.Version => 0;

    bool IAuditTrail.IsLogEntryLengthAlwaysPresented => true;

    long IAuditTrail.LastCommittedEntryIndex => _store.CommitIndex;

    long IAuditTrail.LastEntryIndex => _store.LastIndex;

    long IPersistentState.Term => _store.Term;

    Task IAuditTrail.InitializeAsync(CancellationToken token) => ApplyAsync(_store.CommitIndex, token);

    bool IPersistentState.IsVotedFor(in ClusterMemberId id) => _store.VotedFor is not { } vote || BytesOf(id).AsSpan().SequenceEqual(vote);

    /// <summary>A leader's entries. Raft, section 5: stable storage is updated before the answer.</summary>
    async ValueTask IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(
        ILogEntryProducer<TEntry> entries, long startIndex, bool skipCommitted, CancellationToken token)
    {
        List<StoredEntry> received = [];
        for (var index = startIndex; await entries.MoveNextAsync(); index++)
        {
            var entry = entries.Current;
            var payload = await PayloadOfAsync(entry, token);
            if (index > _store.CommitIndex)
            {
                received.Add(new(index, entry.Term, KindOf(entry), entry.CommandId, payload));
            }
            else if (!skipCommitted)
            {
                throw new InvalidOperationException($"entry {index} is committed and cannot be replaced");
            }
        }

        if (received.Count > 0)
        {
            await AppendFromLeaderAsync(received, token);
        }
    }

    async ValueTask IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(TEntry entry, long startIndex, CancellationToken token)
    {
        var payload = await PayloadOfAsync(entry, token);
        if (!entry.IsSnapshot)
        {
            await AppendFromLeaderAsync([new(startIndex, entry.Term, KindOf(entry), entry.CommandId, payload)], token);
            return;
        }

        if (!StoredSnapshot.TryRead(payload, out var snapshot) || snapshot.Index != startIndex || snapshot.Term != entry.Term)
        {
            throw new InvalidOperationException($"the snapshot received for entry {startIndex} is not whole");
        }

        await _applying.WaitAsync(token);
        try
        {
            _store.Install(snapshot);
            Restore(snapshot);
            ListsChanged?.Invoke();
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>The base calls this and then <see cref="Dispose(bool)"/> as a finalizer would: the store must be closed here.</summary>
    protected override ValueTask DisposeAsyncCore()
    {
        _store.Dispose();
        return base.DisposeAsyncCore();
    }

    private async ValueTask AppendFromLeaderAsync(List<StoredEntry> entries, CancellationToken token)
    {
        await _appending.WaitAsync(token);
        try
        {
            _store.AppendFromLeader(entries);
        }
        finally
        {
            ListsChanged?.Invoke();
            _appending.Release();
        }

        await _store.FlushedAsync(entries[^1].Index);
    }

    private static EntryKind KindOf<TEntry>(TEntry entry)
        where TEntry : IRaftLogEntry => entry.IsConfiguration ? EntryKind.Configuration : EntryKind.Ordinary;

    /// <summary>A copy: what the engine gives may be a buffer that it uses again.</summary>
    private static async ValueTask<ReadOnlyMemory<byte>> PayloadOfAsync<TEntry>(TEntry entry, CancellationToken token)
        where TEntry : IRaftLogEntry
    {
        if (entry is BinaryLogEntry own)
        {
            return own.Content;
        }

        var bytesMax = entry.IsSnapshot ? StoredSnapshot.FileBytesMax : Record.PayloadBytesMax;
        if (entry.Length is null || entry.Length > bytesMax)
        {
            throw new IOException($"an entry of {entry.Length} bytes was received; at most {bytesMax} are allowed");
        }

        return entry.TryGetMemory(out var memory) ? memory.ToArray() : await entry.ToByteArrayAsync(token: token);
    }

    private static byte[] BytesOf(ClusterMemberId id)
    {
        var bytes = new byte[ClusterMemberId.Size];
        id.Format(bytes);
        return bytes;
    }
}

using System.Collections.Concurrent;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using Drcm.Consensus.Entries;

namespace Drcm.Consensus.Engines.DotNext;

/// <summary>What the engine's applier feeds, one committed entry after the other, from the first one at every start: it decides which entries
/// take effect, settles the proposals of this member and wakes readers. Payloads are not kept; readers take them from the log.
/// Snapshots come with the log's own issue: until then there is none, and the log is never cut.</summary>
internal sealed class CommittedEntries(string directory) : IStateMachine
{
    private readonly VersionGate _gate = new();
    private readonly EffectiveIndexes _effective = new();
    private readonly ConcurrentDictionary<Guid, Proposal> _proposals = new();
    private readonly ChangeSignal _advanced = new();
    private long _appliedIndex;
    private long _version;
    private LogDamagedException? _fault;

    /// <summary>Index of the newest entry applied, barriers included, the engine's empty ones not.</summary>
    public long AppliedIndex => Volatile.Read(ref _appliedIndex);

    /// <summary>Index of the newest effective entry.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Set once, when an entry could not be understood or written; nothing is applied after it.</summary>
    public LogDamagedException? Fault => Volatile.Read(ref _fault);

    public Task NextAdvance => _advanced.Next;

    /// <summary>Called at a fault.</summary>
    public Action? Faulted { get; set; }

    ISnapshot? ISnapshotManager.Snapshot => null;

    public bool IsEffective(long index) => _effective.Contains(index);

    public int ProposalsUnderWay => _proposals.Count;

    public Proposal Propose()
    {
        var proposal = new Proposal(Guid.NewGuid());
        _proposals[proposal.Id] = proposal;
        return proposal;
    }

    public void Forget(Proposal proposal) => _proposals.TryRemove(proposal.Id, out _);

    public ValueTask<long> ApplyAsync(LogEntry entry, CancellationToken token)
    {
        if (entry.IsSnapshot || !entry.TryGetPayload(out var frame) || !EntryFrame.TryRead(frame, out var header))
        {
            return ValueTask.FromException<long>(Stop(entry.Index));
        }

        Apply(entry.Index, header);
        return ValueTask.FromResult(entry.Index);
    }

    public async Task WaitForAsync(long index, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = NextAdvance;
            ThrowIfFaulty();
            if (AppliedIndex >= index)
            {
                return;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    public void ThrowIfFaulty()
    {
        if (Fault is { } fault)
        {
            throw new LogDamagedException(fault.Message, fault);
        }
    }

    ValueTask ISnapshotManager.ReclaimGarbageAsync(long watermark, CancellationToken token) => ValueTask.CompletedTask;

    private void Apply(long index, EntryHeader header)
    {
        var isEffective = !header.IsBarrier && _gate.Admit(index, header.ExpectedVersion);
        if (isEffective)
        {
            _effective.Add(index);
            Volatile.Write(ref _version, index);
        }

        Volatile.Write(ref _appliedIndex, index);
        _advanced.Raise();
        if (_proposals.TryRemove(header.ProposalId, out var proposal))
        {
            proposal.Complete(isEffective || header.IsBarrier
                ? new(AppendStatus.Committed, index, "")
                : new(AppendStatus.Stale, _gate.Version, StaleReason(header.ExpectedVersion, _gate.Version)));
        }
    }

    public static string StaleReason(long expected, long actual) =>
        $"decided on version {expected}, but version {actual} came first";

    /// <summary>The engine can no longer write or apply: from here on every reader and every append is told so.</summary>
    public LogDamagedException Fail(Exception cause) => Stop(new LogDamagedException(
        $"{directory}: the log can no longer be written ({cause.Message}); see to the space and health of the disk, then start the daemon again",
        cause));

    private LogDamagedException Stop(long index) => Stop(new LogDamagedException(
        $"{directory}: entry {index} has a format that this release does not know; start the release that wrote it, "
        + "or move the directory away and let this node copy the log from the others"));

    private LogDamagedException Stop(LogDamagedException fault)
    {
        var first = Interlocked.CompareExchange(ref _fault, fault, null);
        _advanced.Raise();
        Faulted?.Invoke();
        return first ?? fault;
    }
}

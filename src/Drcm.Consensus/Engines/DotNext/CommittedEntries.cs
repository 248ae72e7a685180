using System.Collections.Concurrent;
using System.Buffers;
using Drcm.Consensus.Entries;
using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Engines.DotNext;

/// <summary>What the log feeds with committed entries, one after the other, from the newest snapshot on at every start: it decides which entries take
/// effect, settles the proposals of this member and wakes readers. Payloads are not kept; readers take them from the log.</summary>
internal sealed class CommittedEntries(string directory)
{
    private readonly VersionGate _gate = new();
    private readonly EffectiveIndexes _effective = new();
    private readonly ConcurrentDictionary<Guid, Proposal> _proposals = new();
    private readonly ChangeSignal _advanced = new();
    private long _appliedIndex;
    private long _version;
    private long _baseIndex;
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

    public bool IsEffective(long index) => _effective.Contains(index);

    /// <summary>Nobody asks any more about entries before <paramref name="index"/>.</summary>
    public void ForgetBefore(long index) => _effective.ForgetBefore(index);

    public int ProposalsUnderWay => _proposals.Count;

    public Proposal Propose()
    {
        var proposal = new Proposal(Guid.NewGuid());
        _proposals[proposal.Id] = proposal;
        return proposal;
    }

    public void Forget(Proposal proposal) => _proposals.TryRemove(proposal.Id, out _);

    /// <summary>Entries up to here are known by a snapshot alone.</summary>
    public long BaseIndex => Volatile.Read(ref _baseIndex);

    /// <exception cref="LogDamagedException">A format that this release does not know: everything stops here.</exception>
    public void Apply(in StoredEntry entry)
    {
        if (entry.Kind == EntryKind.Configuration || entry.Payload.IsEmpty)
        {
            // The engine's own.
            return;
        }

        if (!EntryFrame.TryRead(new ReadOnlySequence<byte>(entry.Payload), out var header))
        {
            throw Stop(entry.Index);
        }

        Apply(entry.Index, header);
    }

    /// <summary>Begins anew behind a snapshot, which stands for the effective entry of that index.</summary>
    public void Restore(long index)
    {
        _gate.Restore(index);
        Volatile.Write(ref _version, index);
        Volatile.Write(ref _baseIndex, index);
        Volatile.Write(ref _appliedIndex, index);
    }

    public void Advance() => _advanced.Raise();

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

    private void Apply(long index, EntryHeader header)
    {
        var isEffective = !header.IsBarrier && _gate.Admit(index, header.ExpectedVersion);
        if (isEffective)
        {
            _effective.Add(index);
            Volatile.Write(ref _version, index);
        }

        Volatile.Write(ref _appliedIndex, index);
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
        + "or move the spool directory away and let this node copy the log from the others"));

    private LogDamagedException Stop(LogDamagedException fault)
    {
        var first = Interlocked.CompareExchange(ref _fault, fault, null);
        _advanced.Raise();
        Faulted?.Invoke();
        return first ?? fault;
    }
}

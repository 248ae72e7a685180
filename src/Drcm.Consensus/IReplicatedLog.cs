using System.Net;

namespace Drcm.Consensus;

/// <summary>A totally ordered log of opaque entries, the same on every member. Engines: in-memory (tests, simulation) and
/// DotNext's Raft. Nothing of an engine shows through. Thread-safe; one instance per daemon, disposed once.</summary>
public interface IReplicatedLog : IAsyncDisposable
{
    /// <summary>Opens what is on disk and begins to take part. Completes when the committed entries on disk can be read; does not
    /// wait for a leader.</summary>
    /// <exception cref="LogDamagedException">What is on disk cannot be read; the message names file and remedy.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Newest known leadership. A member reports itself only after it has committed an entry of its own term and applied everything
    /// before it, and takes it back the moment it loses the majority.</summary>
    Leadership Leadership { get; }

    /// <summary>The current leadership, then every change; a slow reader sees the newest, not every one in between.</summary>
    IAsyncEnumerable<Leadership> WatchLeadershipAsync(CancellationToken cancellationToken);

    /// <summary>Appends on the leader and waits for the entry's commit. The entry takes effect only if the newest effective entry
    /// before it in the log has index <paramref name="expectedVersion"/> (0: none yet); this is decided from the log alone, on every member
    /// alike, so it holds on any engine.</summary>
    /// <param name="payload">1 byte to <see cref="LogLimits.EntryBytesMax"/>.</param>
    /// <remarks>Cancelling means "stopped waiting": the entry may yet commit.</remarks>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="LogDamagedException">The log has stopped: an entry could not be understood, or the disk failed.</exception>
    ValueTask<AppendOutcome> AppendAsync(long expectedVersion, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);

    /// <summary>Committed, effective entries with index &gt; <paramref name="afterIndex"/>, in order, each once; waits for more at the
    /// end. Where entries are gone, the newest snapshot comes in their place (<see cref="CommittedEntry.IsSnapshot"/>), then what follows it; the same
    /// happens in the middle when this member was so far behind that it got a snapshot. Entries whose expected version was stale are left out, as are the engine's own. Any number of readers at any index.</summary>
    /// <exception cref="LogDamagedException">The log has stopped: an entry could not be understood, or the disk failed.</exception>
    /// <exception cref="ObjectDisposedException">The log was disposed.</exception>
    IAsyncEnumerable<CommittedEntry> ReadCommittedAsync(long afterIndex, CancellationToken cancellationToken);

    /// <summary>Keeps <paramref name="state"/>, which results from all effective entries up to <paramref name="index"/>, and lets go of those entries but for
    /// the newest. Each member does so for itself, when it likes.</summary>
    /// <param name="index">Index of an effective entry that was read from this log; not above the newest.</param>
    /// <param name="state">At most <see cref="LogLimits.SnapshotBytesMax"/>; not changed any more.</param>
    /// <exception cref="ArgumentException">The state is too large.</exception>
    /// <exception cref="IOException">The disk refuses; everything is as before.</exception>
    ValueTask CompactAsync(long index, ReadOnlyMemory<byte> state, CancellationToken cancellationToken);

    /// <summary>Completes when everything committed before the call, anywhere in the cluster, can be read here. Waits for a leader with a
    /// majority as long as there is none.</summary>
    ValueTask ReadBarrierAsync(CancellationToken cancellationToken);

    /// <summary>Whether this node counts among the members.</summary>
    LogRole Role { get; }

    /// <summary>The members, whose majority commits entries: the newest committed list that is known here, by name. Empty while a learner knows none.</summary>
    IReadOnlyList<LogMember> Members { get; }

    /// <summary>On the leader: makes a node a member. The node becomes a voter when it is asked, is brought up to the others, and counts from the moment at which the new
    /// list is in the log. One change at a time. Already there as given: committed.</summary>
    /// <remarks>Unknown: the list may yet commit; read <see cref="Members"/>, or ask again.</remarks>
    /// <exception cref="OperationCanceledException">The token was cancelled; as unknown.</exception>
    ValueTask<AppendOutcome> AddMemberAsync(LogMember member, CancellationToken cancellationToken);

    /// <summary>On the leader: takes a member out; it does not count from the moment at which the new list is in the log. One change at a time. Not there: committed.
    /// A leader that is to take itself out resigns and rejects: the next one does it.</summary>
    /// <remarks>Unknown: the list may yet commit; read <see cref="Members"/>, or ask again.</remarks>
    /// <exception cref="OperationCanceledException">The token was cancelled; as unknown.</exception>
    ValueTask<AppendOutcome> RemoveMemberAsync(string name, CancellationToken cancellationToken);

    /// <summary>On the leader: gives leadership up to the other members, for an orderly shutdown. On others: does nothing.</summary>
    ValueTask ResignAsync(CancellationToken cancellationToken);
}

public enum LogRole
{
    /// <summary>Follows what the members commit.</summary>
    Learner,

    /// <summary>One of the members.</summary>
    Voter,
}

/// <summary>A member of the log: its name, and the address of its log port.</summary>
public sealed record LogMember(string Name, IPEndPoint EndPoint);

/// <param name="Term">Raft term of the observation.</param>
/// <param name="Leader">Name of the leading member, null when none is known.</param>
/// <param name="IsSelf">This member leads.</param>
public readonly record struct Leadership(long Term, string? Leader, bool IsSelf);

/// <param name="Index">Position in the log, from 1; grows, not without holes.</param>
/// <param name="Term">Term under which it was appended.</param>
/// <param name="IsSnapshot">The payload is the state that results from all entries up to the index, not an entry.</param>
public readonly record struct CommittedEntry(long Index, long Term, ReadOnlyMemory<byte> Payload, bool IsSnapshot = false);

public enum AppendStatus
{
    /// <summary>Committed and effective at <see cref="AppendOutcome.Index"/>.</summary>
    Committed,

    /// <summary>Certainly without effect: the expected version was stale.</summary>
    Stale,

    /// <summary>Certainly without effect: not the leader, or refused by a limit.</summary>
    Rejected,

    /// <summary>May or may not commit later: find out by reading.</summary>
    Unknown,
}

/// <param name="Index">Committed: where it is. Stale: the version that stands. Else 0.</param>
/// <param name="Reason">Empty when committed; else a sentence for people.</param>
public readonly record struct AppendOutcome(AppendStatus Status, long Index, string Reason);

public static class LogVersion
{
    /// <summary>As an expected version: the entry takes effect whatever came before it.</summary>
    public const long Any = -1;
}

public static class LogLimits
{
    /// <summary>One entry's payload: a thousand slots' worth of events fits; larger batches are split by the proposer.</summary>
    public const int EntryBytesMax = 1024 * 1024;

    /// <summary>One snapshot: a hundred nodes and ten thousand slots stay far below.</summary>
    public const int SnapshotBytesMax = 64 * 1024 * 1024;
}

/// <summary>The stored log cannot be used; the message names the file and the remedy.</summary>
public sealed class LogDamagedException(string message, Exception? inner = null) : Exception(message, inner);

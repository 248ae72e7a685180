using System.Collections.Immutable;
using Drcm.StateMachine.Solo;

namespace Drcm.StateMachine.KeepAlive;

/// <summary>What travels between nodes, over UDP and over the log's TCP port alike, authenticated (<see cref="MessageCodec"/>).</summary>
/// <param name="From">Sender.</param>
/// <param name="FromIncarnation">The sender's run.</param>
/// <param name="To">Receiver.</param>
/// <param name="ToIncarnation">The receiver's run as the sender last heard it; 0 at first contact. A keep-alive that does not echo the
/// receiver's own incarnation is not acknowledged (O4): that is what makes a replay to a restarted voter worthless.</param>
/// <param name="Sequence">Per sender incarnation, over both kinds of message, grows by one with each message to anyone.</param>
public abstract record Message(
    NodeId From, Incarnation FromIncarnation, NodeId To, Incarnation ToIncarnation, long Sequence)
{
    /// <summary>Which history the sender lives in (T5). What a message of another one says carries no rights.</summary>
    public Generation Generation { get; init; }
}

/// <summary>Sent every interval, and at once when the report changed.</summary>
public sealed record KeepAliveMessage(
    NodeId From, Incarnation FromIncarnation, NodeId To, Incarnation ToIncarnation, long Sequence, NodeReport Report)
    : Message(From, FromIncarnation, To, ToIncarnation, Sequence);

/// <summary>The answer to one keep-alive: an acknowledgement, or a refusal with its cause (O8).</summary>
/// <param name="KeepAliveSequence">Which keep-alive is answered.</param>
/// <param name="Expiries">The voter's expiries: reports are level-triggered, in acknowledgements too (O2).</param>
public sealed record AnswerMessage(
    NodeId From,
    Incarnation FromIncarnation,
    NodeId To,
    Incarnation ToIncarnation,
    long Sequence,
    long KeepAliveSequence,
    AnswerKind Kind,
    ImmutableArray<Expiry> Expiries)
    : Message(From, FromIncarnation, To, ToIncarnation, Sequence);

public enum AnswerKind
{
    /// <summary>Counts for the lease.</summary>
    Acknowledged,

    /// <summary>First contact or stale echo: here is my incarnation, ask again.</summary>
    Introduced,

    /// <summary>The voter has expired the node: release (O8).</summary>
    RefusedExpired,

    /// <summary>The node has not applied its newest <c>node.up</c>: its epoch is old (O4, O8).</summary>
    RefusedEpoch,

    /// <summary>The node is down, or not yet up, in the voter's projection.</summary>
    RefusedDown,

    /// <summary>Heard and answered, yet no acknowledgement: the voter withholds (own promise not on disk, or the node lags behind the log, O7).</summary>
    Withheld,

    /// <summary>Of a pair: no vote, but the word that the node holds nothing except what the other one gives it, since it follows the other one's generation
    /// or has stepped down for it (T5).</summary>
    Follows,
}

/// <summary>What a node says about itself. Level-triggered: the newest one counts, nothing needs to arrive twice.</summary>
public sealed record NodeReport
{
    public required NodeId Node { get; init; }

    public required Incarnation Incarnation { get; init; }

    /// <summary>The kernel's boot id, or <c>DRCM_BOOT_ID</c>.</summary>
    public required string BootId { get; init; }

    /// <summary>Version of the projection that the report was made on.</summary>
    public required LogIndex Applied { get; init; }

    /// <summary>The node's own newest <c>node.up</c> that it has applied.</summary>
    public required LogIndex Epoch { get; init; }

    /// <summary>Digest of the node's own cm.cfg.</summary>
    public required string ConfigDigest { get; init; }

    /// <summary>UUID of the node's spool (O12); empty: not told.</summary>
    public string Identity { get; init; } = "";

    /// <summary>The daemon is shutting down and wants its slots handed over.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>Why the node wants its slots handed over although it goes on: a clause, <c>its spool cannot be written: ...</c>; empty: it does not.</summary>
    public string Trouble { get; init; } = "";

    /// <summary>Something exclusive runs here, or may run.</summary>
    public bool HoldsExclusive { get; init; }

    /// <summary>One for each slot that the log gives this node, or that still runs here.</summary>
    public ImmutableArray<SlotReport> Slots { get; init; } = [];

    /// <summary>Runs of crontabs that the log does not tell of yet; at most <see cref="CrontabReport.CountMax"/>.</summary>
    public ImmutableArray<CrontabReport> Crontabs { get; init; } = [];

    /// <summary>As a voter: nodes expired.</summary>
    public ImmutableArray<Expiry> Expiries { get; init; } = [];
}

public enum RunPhase
{
    /// <summary>Not running yet; will be, or back-off between failures.</summary>
    Starting,

    Started,

    Stopping,

    /// <summary>Nothing left of it, and never again under this token.</summary>
    Stopped,

    /// <summary>A stop failed.</summary>
    Unknown,
}

/// <param name="Failures">Failures of this incarnation under this token so far.</param>
/// <param name="Detail">Of the newest failure; empty if none.</param>
public sealed record SlotReport(SlotId Slot, LogIndex Token, RunPhase Phase, int Failures, string Detail)
{
    /// <summary>The newest failure is that somebody else has the address, see <see cref="Events.ResourceFailed.IsConflict"/>.</summary>
    public bool IsConflict { get; init; }
}

/// <summary>A voter's promise: it acknowledges nothing to <paramref name="Node"/> in <paramref name="Round"/> (O2).</summary>
/// <param name="IsHeard">The voter hears the node again: a suspicion that may be closed.</param>
public readonly record struct Expiry(NodeId Node, LogIndex Round, bool IsHeard);

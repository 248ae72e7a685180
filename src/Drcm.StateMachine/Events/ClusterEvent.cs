using System.Collections.Immutable;

namespace Drcm.StateMachine.Events;

/// <summary>Something that happened, as committed in the log. Past tense; never renamed, never reused (DESIGN 5).
/// Stored names are in <see cref="EventNames"/>. Every event is total under Apply: a stale or senseless one changes nothing.</summary>
public abstract record ClusterEvent
{
    private protected ClusterEvent()
    {
    }
}

/// <summary>The cluster runs by this definition from here on.</summary>
/// <param name="Definition">Canonical text (<see cref="Configuration.CanonicalText"/>).</param>
/// <param name="File">The operator's file, word for word, for every node's own; empty: nodes keep theirs.</param>
public sealed record ClusterConfigured(string Definition, string File = "") : ClusterEvent;

/// <summary>A daemon introduced itself (O9). Reports of older incarnations are void from here on; a new boot id frees
/// what the old boot ran.</summary>
/// <param name="Identity">UUID of its spool (O12); empty: not told. Another one than before: the spool's promises and votes are lost.</param>
public sealed record NodeStarted(NodeId Node, Incarnation Incarnation, string BootId, string Identity = "") : ClusterEvent;

/// <summary>The node may own slots; its index is the node's new epoch and round (O5).</summary>
public sealed record NodeUp(NodeId Node, Incarnation Incarnation) : ClusterEvent;

/// <summary>A suspicion that did not end in death is over; a new round begins, the epoch stays (O5).</summary>
public sealed record SuspicionClosed(NodeId Node) : ClusterEvent;

/// <summary>A majority of voters has expired the node in <paramref name="Round"/> (O3); all its assignments end.</summary>
public sealed record NodeDown(NodeId Node, LogIndex Round, ImmutableArray<NodeId> ExpiredBy) : ClusterEvent;

/// <summary>The node gives its slots away and takes none.</summary>
public sealed record NodeStandby(NodeId Node, StandbyKind Kind) : ClusterEvent;

public sealed record NodeActivated(NodeId Node) : ClusterEvent;

/// <summary>A node whose spool was replaced is neither voter nor member of the log by its former identity: it may become both by its new one (O12).</summary>
public sealed record NodeJoined(NodeId Node) : ClusterEvent;

public sealed record NodeLeft(NodeId Node) : ClusterEvent;

/// <summary>The node may start the slot; the index of this event is the assignment's token.</summary>
public sealed record SlotAssigned(SlotId Slot, NodeId Node) : ClusterEvent;

/// <summary>The owner shall stop the slot and report it.</summary>
public sealed record SlotRevoked(SlotId Slot, LogIndex Token) : ClusterEvent;

/// <summary>The release budget of a slot whose owner went down is over: either it is gone there, or its host is (O19). Frees the slot.</summary>
public sealed record SlotReleased(SlotId Slot, LogIndex Token) : ClusterEvent;

public sealed record ResourceStarted(SlotId Slot, LogIndex Token, Incarnation Incarnation) : ClusterEvent;

/// <summary>Nothing of the slot runs any more under this token, and never will (O10). Frees the slot.</summary>
public sealed record ResourceStopped(SlotId Slot, LogIndex Token, Incarnation Incarnation) : ClusterEvent;

/// <summary>A start or a monitor failed. Never frees a slot.</summary>
/// <param name="FailureNumber">Counts the failures of this incarnation under this token, from 1: each is counted once.</param>
/// <param name="Detail">One line for people, at most <see cref="Limits.DetailCharsMax"/>.</param>
public sealed record ResourceFailed(
    SlotId Slot, LogIndex Token, Incarnation Incarnation, int FailureNumber, string Detail) : ClusterEvent
{
    /// <summary>Somebody outside the cluster has the address: no fault of this node, and moving the slot would not help. Does not count towards the threshold.</summary>
    public bool IsConflict { get; init; }
}

/// <summary>A stop failed or timed out: the resource may still run (DESIGN 4).</summary>
public sealed record ResourceUnknown(SlotId Slot, LogIndex Token, Incarnation Incarnation, string Detail) : ClusterEvent;

/// <summary>The failures of a node for a slot are forgotten: they expired, or an operator cleared them.</summary>
public sealed record FailuresCleared(SlotId Slot, NodeId Node) : ClusterEvent;

public sealed record MoveRequested(SlotId Slot, NodeId Target) : ClusterEvent;

public sealed record MoveExpired(SlotId Slot) : ClusterEvent;

public sealed record MaintenanceEntered : ClusterEvent;

public sealed record MaintenanceLeft : ClusterEvent;

/// <summary>The node was made unable to act, from outside; frees what it held, unknown slots as well.</summary>
public sealed record NodeFenced(NodeId Node, string By) : ClusterEvent;

/// <summary>Both voters of a pair have read who votes: from here on either may go solo (T1 to T6).</summary>
/// <param name="After">Index of the voters that were read.</param>
/// <param name="ReportedBy">Who has reported an applied index of at least <paramref name="After"/>: both.</param>
public sealed record QuorumSoloArmed(LogIndex After, ImmutableArray<NodeId> ReportedBy) : ClusterEvent;

/// <summary>Neither may any more; others are about to vote, or no arbitrator is configured.</summary>
public sealed record QuorumSoloDisarmed : ClusterEvent;

/// <summary>The node goes on alone, in a generation of its own.</summary>
public sealed record QuorumSoloEntered(NodeId Node) : ClusterEvent;

/// <summary>The other node votes again, and knows it.</summary>
/// <param name="Node">Who was solo.</param>
public sealed record QuorumSoloLeft(NodeId Node) : ClusterEvent;

public sealed record AlertSent(string Summary) : ClusterEvent;

/// <summary>The node counts for leases, expiries and deaths from here on (O11).</summary>
/// <param name="After">Index of the voters that it was decided on.</param>
/// <param name="ReportedBy">Who has reported an applied index of at least <paramref name="After"/>: every node that is up.</param>
public sealed record VoterAdded(NodeId Node, LogIndex After, ImmutableArray<NodeId> ReportedBy) : ClusterEvent;

/// <summary>Every node that is up has read of a new lease and silence: the former ones no longer count.</summary>
/// <param name="After">Index of the times that were read.</param>
/// <param name="ReportedBy">Who has reported an applied index of at least <paramref name="After"/>: every node that is up.</param>
public sealed record TimingSettled(LogIndex After, ImmutableArray<NodeId> ReportedBy) : ClusterEvent;

/// <summary>The node counts no longer (O11); it may go on as a node.</summary>
/// <param name="After">As in <see cref="VoterAdded"/>.</param>
/// <param name="ReportedBy">As in <see cref="VoterAdded"/>.</param>
public sealed record VoterRemoved(NodeId Node, LogIndex After, ImmutableArray<NodeId> ReportedBy) : ClusterEvent;

/// <summary>The rotation of the auth key has come this far (O22).</summary>
/// <param name="Fingerprint">SHA-256 of the new key in hex; tells nothing about it.</param>
/// <param name="ConfirmedBy">Who has confirmed what the step rests on: every node that is up.</param>
public sealed record KeyRotationAdvanced(KeyStep Step, string Fingerprint, ImmutableArray<NodeId> ConfirmedBy) : ClusterEvent;

/// <summary>Runs of a crontab were due while nobody owned it; told by its next owner, once for each token.</summary>
/// <param name="From">Wall clock: its former owner had released it by then.</param>
/// <param name="Until">Wall clock: the minute in which it was installed again.</param>
/// <param name="Count">Runs, of all lines together.</param>
/// <param name="Detail">Which lines of the template, at most <see cref="Limits.DetailCharsMax"/>.</param>
public sealed record CronMissed(
    SlotId Slot, LogIndex Token, Incarnation Incarnation, DateTimeOffset From, DateTimeOffset Until, int Count, string Detail) : ClusterEvent;

/// <summary>Runs of a crontab were in progress when its node lost it; they go on there.</summary>
/// <param name="Token">Under which they began.</param>
/// <param name="Detail">Which processes, at most <see cref="Limits.DetailCharsMax"/>.</param>
public sealed record CronInterrupted(SlotId Slot, LogIndex Token, NodeId Node, int Count, string Detail) : ClusterEvent;

/// <summary>What came of <c>catch_up = once</c>: each line that missed runs was run once, by the owner that told of them; told once for each token.</summary>
/// <param name="Token">Under which they were run.</param>
/// <param name="Count">Lines; 0: none was run.</param>
/// <param name="Detail">Their exit codes, or why none was run; at most <see cref="Limits.DetailCharsMax"/>.</param>
public sealed record CronCaughtUp(SlotId Slot, LogIndex Token, NodeId Node, int Count, string Detail) : ClusterEvent;

/// <summary>Steps of a key rotation. Each rests on a confirmation of the one before by every node that is up.</summary>
public enum KeyStep
{
    None,

    /// <summary>Everybody has the new key on disk and accepts both; the old one is sent.</summary>
    AcceptBoth,

    /// <summary>The new one is sent; both are accepted.</summary>
    SendNew,

    /// <summary>The old one is refused.</summary>
    RetireOld,

    /// <summary>Everybody has forgotten the old one: the rotation is over.</summary>
    Done,
}

public enum StandbyKind
{
    /// <summary>Takes slots.</summary>
    None,

    /// <summary>An operator said so; lasts until <c>node.activated</c>.</summary>
    Operator,

    /// <summary>The daemon is shutting down; ends with its next <c>node.started</c>.</summary>
    Shutdown,

    /// <summary>The node has trouble of its own, as with a full disk; ends when it has had none for a while, or with its next <c>node.started</c>.</summary>
    Trouble,
}

/// <summary>One event with the sentence that explains it: cause, rule, result.</summary>
public sealed record ReasonedEvent(ClusterEvent Event, string Reason);

/// <summary>One entry of the log: events decided together, on one state. They share the entry's index.</summary>
/// <param name="At">Wall clock of the proposer, for people only.</param>
/// <param name="Actor"><c>node:NAME</c> or <c>operator:NAME</c>.</param>
public sealed record EventBatch(DateTimeOffset At, string Actor, ImmutableArray<ReasonedEvent> Events);

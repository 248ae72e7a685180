using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Control;

/// <summary>One node's view of the cluster, as <c>drcm status</c> shows it. Everything about assignments comes from that node's
/// projection of the log; what it heard from others, and its lease, are its own.</summary>
/// <param name="At">Wall clock of the answering node.</param>
public sealed record ClusterStatus(
    DateTimeOffset At,
    ClusterLine Cluster,
    ImmutableArray<NodeLine> Nodes,
    ImmutableArray<SlotLine> Slots,
    ImmutableArray<CounterLine> Counters)
{
    /// <summary>Who was not let in by the answering node lately, or did not let it in.</summary>
    public ImmutableArray<RefusedLine> Refused { get; init; } = [];

    /// <summary>Events up to this index are no longer on the answering node: a snapshot holds what came of them. 0: it has them all.</summary>
    public long HistoryBeginsAfter { get; init; }

    /// <summary>Why the answering node takes no part in the log now (its disk refuses writes); null: it does.</summary>
    public string? LogTrouble { get; init; }

    /// <summary>What a node with an empty spool waits for before it joins a cluster or begins one; null: it does not wait.</summary>
    public string? LogWaiting { get; init; }

    /// <summary>What protects the answering node, one line for each <see cref="Protector"/>; empty from an older daemon.</summary>
    public ImmutableArray<ProtectionLine> Protection { get; init; } = [];

    /// <summary>Trouble of the answering node's own, for which its slots are handed over; null: none.</summary>
    public string? Trouble { get; init; }

    /// <summary>The answering node's auth key; null from an older daemon.</summary>
    public KeyLine? Key { get; init; }
}

/// <param name="Fingerprint">SHA-256 of the key that is sent, in hex.</param>
/// <param name="RotatesTo">SHA-256 of the key of a rotation under way; null: none.</param>
/// <param name="Step">What holds in it: <c>accept_both</c>, <c>send_new</c>, <c>retire_old</c>; <c>done</c>: none is under way.</param>
public sealed record KeyLine(string Fingerprint, string? RotatesTo, string Step);

/// <param name="Address">Where it is.</param>
/// <param name="Node">The configured node with that address; null: none has it.</param>
/// <param name="Reason">Another key, or another protocol version with the versions of both.</param>
/// <param name="AgoMs">Since it was refused last.</param>
public sealed record RefusedLine(string Address, string? Node, string Reason, double AgoMs);

/// <param name="Node">The node that answers.</param>
/// <param name="Version">Release of its daemon.</param>
/// <param name="HasQuorum">A majority of voters is connected, as this node sees it.</param>
/// <param name="Leader">Null: none known.</param>
/// <param name="LeaderChanges">Leadership changes that this daemon has seen since its start.</param>
/// <param name="Applied">Version of this node's projection.</param>
/// <param name="StateDigest">Digest of the projection; nodes at the same version show the same.</param>
/// <param name="ConfigMatches">This node's cm.cfg is the definition that the cluster runs by; null while none is in the log.</param>
/// <param name="LeaseRemainingMs">Milliseconds until this node's lease ends; 0: no lease.</param>
/// <param name="DeadAfterMs">D in milliseconds, 0 before the first configuration.</param>
public sealed record ClusterLine(
    string Node,
    string Version,
    bool HasQuorum,
    string? Leader,
    long Term,
    long LeaderChanges,
    long Applied,
    string StateDigest,
    bool? ConfigMatches,
    bool InMaintenance,
    double LeaseRemainingMs,
    double DeadAfterMs);

/// <param name="Since">When <paramref name="Status"/> changed; null: never yet.</param>
/// <param name="Reason">The sentence of the event that set it.</param>
/// <param name="Epoch">Log index of its newest <c>node.up</c>.</param>
/// <param name="HeardMs">Milliseconds since this node's newest keep-alive was heard; null: never, or the answering node itself.</param>
/// <param name="Applied">What its newest report said; null: not heard.</param>
/// <param name="IsVoter">It counts for leases and deaths now.</param>
/// <param name="ConfigMatches">Its cm.cfg is the definition that the cluster runs by; null: not heard.</param>
public sealed record NodeLine(
    string Name,
    string Hostname,
    string Address,
    NodeStatus Status,
    StandbyKind Standby,
    bool IsActive,
    bool IsWitness,
    bool IsVoter,
    DateTimeOffset? Since,
    string Reason,
    long Incarnation,
    long Epoch,
    double? HeardMs,
    long? Applied,
    bool? ConfigMatches)
{
    /// <summary>The configuration wants its vote; <see cref="IsVoter"/> follows, one voter at a time.</summary>
    public bool ShallVote { get; init; } = IsVoter;
}

/// <param name="Slot"><c>kind:nickname@home</c>.</param>
/// <param name="Owner">Null: nobody.</param>
/// <param name="Token">Log index of the newest assignment; 0: never assigned.</param>
/// <param name="Failures">Failures counted against a node for this slot.</param>
/// <param name="LastFailure">Empty: none since the last clear.</param>
/// <param name="Backups">Nodes that may take it over, in file order.</param>
/// <param name="Description">What the resource is: address and interface, service name, mount.</param>
public sealed record SlotLine(
    string Slot,
    string Kind,
    string Nickname,
    string Home,
    string? Owner,
    SlotPhase Phase,
    long Token,
    DateTimeOffset? Since,
    string Reason,
    ImmutableArray<FailureLine> Failures,
    string LastFailure,
    bool IsExclusive,
    bool IsRetired,
    string? MoveTarget,
    ImmutableArray<string> Backups,
    string Description);

public sealed record FailureLine(string Node, int Count);

/// <summary>A counter of this daemon since its start.</summary>
/// <param name="Name">What is counted: <c>datagrams_rejected</c>, <c>connections_rejected</c>.</param>
/// <param name="Reason">Why; empty if the counter has no reasons.</param>
public sealed record CounterLine(string Name, string Reason, long Count);

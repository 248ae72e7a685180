using System.Collections.Immutable;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.Solo;

namespace Drcm.StateMachine.Cluster;

/// <summary>What the log says up to <see cref="Version"/>. Immutable; the same on every node for the same version, byte for byte
/// (<see cref="StateDigest"/>).</summary>
public sealed record ClusterState
{
    public static ClusterState Empty { get; } = new();

    /// <summary>Index of the newest effective entry; what the next append must expect.</summary>
    public LogIndex Version { get; init; }

    /// <summary>Null until the first <c>cluster.configured</c>.</summary>
    public ClusterDefinition? Definition { get; init; }

    /// <summary>Canonical text of <see cref="Definition"/>.</summary>
    public string DefinitionText { get; init; } = "";

    public LogIndex ConfiguredAt { get; init; }

    /// <summary>The file that an operator applied, word for word, for nodes that were not there; empty while the first configuration holds.</summary>
    public string ConfigurationFile { get; init; } = "";

    /// <summary>Who counts for leases, expiries and deaths (O11). The definition says who is wanted; this set follows it one by one.</summary>
    public ImmutableSortedSet<NodeId> Voters { get; init; } = ImmutableSortedSet<NodeId>.Empty;

    /// <summary>Index of the newest change of <see cref="Voters"/>.</summary>
    public LogIndex VotersAt { get; init; }

    /// <summary>The times of the configuration before this one, for as long as somebody may still go by them: leases are as short, and silences as long, as
    /// either says. Null: everybody goes by <see cref="Definition"/>.</summary>
    public FormerTiming? FormerTiming { get; init; }

    /// <summary>Index of the newest change of the times that count.</summary>
    public LogIndex TimingAt { get; init; }

    /// <summary>How many of <see cref="Voters"/> make a majority.</summary>
    public int Majority => Voters.Count / 2 + 1;

    public bool InMaintenance { get; init; }

    /// <summary>Null: no rotation of the auth key is under way.</summary>
    public KeyRotation? KeyRotation { get; init; }

    public ImmutableSortedDictionary<NodeId, NodeState> Nodes { get; init; } =
        ImmutableSortedDictionary<NodeId, NodeState>.Empty;

    public ImmutableSortedDictionary<SlotId, SlotState> Slots { get; init; } =
        ImmutableSortedDictionary<SlotId, SlotState>.Empty;

    /// <summary>Of the slots of crontabs that lost an owner or missed a run.</summary>
    public ImmutableSortedDictionary<SlotId, CrontabRecord> Crontabs { get; init; } =
        ImmutableSortedDictionary<SlotId, CrontabRecord>.Empty;

    /// <summary>Of two voters without a witness; null: it has never mattered here.</summary>
    public PairState? Pair { get; init; }

    /// <summary>Which slot holds each physical identity (<see cref="SlotState.HeldIdentity"/>). Derived from <see cref="Slots"/>, not in
    /// the digest.</summary>
    public ImmutableSortedDictionary<string, SlotId> Holders { get; init; } =
        ImmutableSortedDictionary.Create<string, SlotId>(StringComparer.Ordinal);
}

/// <summary>Where two nodes that may go solo stand (T1 to T6).</summary>
/// <param name="Generation">Which history this is (T5).</param>
/// <param name="IsSolo">Its owner votes alone, or the other one has not been let in again for good: only the owner goes by samples.</param>
/// <param name="IsTold">The log has <c>quorum.solo_entered</c> of it.</param>
/// <param name="ArmedAt">Both have read of the voters of this index, so that either may go solo by them while they are in force; none: neither may.</param>
public sealed record PairState(Generation Generation, bool IsSolo, bool IsTold, LogIndex ArmedAt)
{
    public static PairState None { get; } = new(default, false, false, LogIndex.None);
}

/// <summary>L and D as they were.</summary>
public sealed record FormerTiming(TimeSpan Lease, TimeSpan DeadAfter);

/// <param name="Fingerprint">SHA-256 of the new key in hex.</param>
/// <param name="Step">What holds now (O22).</param>
/// <param name="Since">Index of the newest <c>key.rotation_advanced</c>.</param>
public sealed record KeyRotation(string Fingerprint, KeyStep Step, LogIndex Since);

public enum NodeStatus
{
    /// <summary>In the configuration, not yet up since the cluster was first configured.</summary>
    Pending,

    Up,

    Down,
}

public sealed record NodeState
{
    public required NodeId Id { get; init; }

    public required NodeStatus Status { get; init; }

    /// <summary>Newest <c>node.started</c>; 0: never.</summary>
    public Incarnation Incarnation { get; init; }

    public string BootId { get; init; } = "";

    /// <summary>Of the spool that the newest <c>node.started</c> came from (O12); empty: not told.</summary>
    public string Identity { get; init; } = "";

    /// <summary>The spool is another one than the one that voters and log know: what its former self promised is lost. Ends with
    /// <c>node.joined</c>.</summary>
    public bool IsReplaced { get; init; }

    /// <summary>Index of the newest <c>node.started</c>.</summary>
    public LogIndex StartedAt { get; init; }

    /// <summary>Index of the newest <c>node.up</c>.</summary>
    public LogIndex Epoch { get; init; }

    /// <summary>Index of the newest <c>node.up</c>, <c>node.down</c> or <c>suspicion.closed</c>.</summary>
    public LogIndex Round { get; init; }

    /// <summary>Index of the newest <c>node.down</c>.</summary>
    public LogIndex DownAt { get; init; }

    public StandbyKind Standby { get; init; }

    /// <summary>Wall clock of the newest change of <see cref="Status"/>, for people only.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>The sentence of the event that set <see cref="Status"/> or <see cref="Standby"/>.</summary>
    public string Reason { get; init; } = "";
}

public enum SlotPhase
{
    /// <summary>Nobody may run it.</summary>
    Free,

    /// <summary>The owner may start it.</summary>
    Assigned,

    /// <summary>The owner has started it.</summary>
    Started,

    /// <summary>The owner shall stop it.</summary>
    Revoked,

    /// <summary>A stop failed, or nothing bounds the release of an owner that went down: it may still run there.</summary>
    Unknown,

    /// <summary>The owner went down and has until the end of the slot's release budget to be rid of it (O19).</summary>
    Releasing,
}

public sealed record SlotState
{
    public required SlotId Id { get; init; }

    public required SlotPhase Phase { get; init; }

    /// <summary>Null when <see cref="SlotPhase.Free"/>.</summary>
    public NodeId? Owner { get; init; }

    /// <summary>Index of the newest <c>slot.assigned</c>; 0: never assigned.</summary>
    public LogIndex Token { get; init; }

    /// <summary>What the owner holds alone in the cluster (<see cref="Configuration.PhysicalIdentity"/>), fixed at assignment, so that a later
    /// configuration cannot give it to a second one (O14). Empty when free, or when the resource was not exclusive.</summary>
    public string HeldIdentity { get; init; } = "";

    /// <summary>R where S is not enough (<see cref="ReleaseRules"/>): fixed at assignment, only raised by a later configuration, since its owner may go by
    /// either. Zero when free, or when S is enough.</summary>
    public TimeSpan ReleaseBudget { get; init; }

    /// <summary>Where an operator wants it; outranks the home node until the target fails.</summary>
    public NodeId? MoveTarget { get; init; }

    /// <summary>The slot has left the configuration; it goes away once stopped (O14).</summary>
    public bool IsRetired { get; init; }

    public ImmutableSortedDictionary<NodeId, int> Failures { get; init; } = ImmutableSortedDictionary<NodeId, int>.Empty;

    /// <summary>Highest failure number counted under the current token and incarnation.</summary>
    public int FailuresCounted { get; init; }

    /// <summary>The newest failure's detail; empty if none since the last clear.</summary>
    public string LastFailure { get; init; } = "";

    /// <summary>Wall clock of the newest change of <see cref="Phase"/> or <see cref="Owner"/>, for people only.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Why it is where it is: the sentence of the event that assigned, revoked, freed or lost it.</summary>
    public string Reason { get; init; } = "";
}

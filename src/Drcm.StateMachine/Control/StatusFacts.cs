using System.Collections.Immutable;

namespace Drcm.StateMachine.Control;

/// <summary>What a node knows beyond its projection, for <see cref="StatusView.Of"/>.</summary>
public sealed record StatusFacts
{
    public required DateTimeOffset At { get; init; }

    public required NodeId Node { get; init; }

    public required string Version { get; init; }

    public required bool HasQuorum { get; init; }

    public required NodeId? Leader { get; init; }

    public required Term Term { get; init; }

    public required long LeaderChanges { get; init; }

    public required string StateDigest { get; init; }

    /// <summary>Digest of the node's own cm.cfg.</summary>
    public required string ConfigDigest { get; init; }

    /// <summary>Digest of the definition in the log; null: none yet.</summary>
    public required string? ClusterConfigDigest { get; init; }

    /// <summary>Until the lease ends; zero: none.</summary>
    public required TimeSpan LeaseRemaining { get; init; }

    /// <summary>Newest keep-alive of each node heard.</summary>
    public required ImmutableSortedDictionary<NodeId, HeardFacts> Heard { get; init; }

    public ImmutableArray<CounterLine> Counters { get; init; } = [];
}

/// <param name="Ago">Since it was heard.</param>
/// <param name="Applied">What it said to have applied.</param>
/// <param name="ConfigDigest">Digest of its cm.cfg.</param>
public sealed record HeardFacts(TimeSpan Ago, LogIndex Applied, string ConfigDigest);

using System.Collections.Immutable;
using Drcm.StateMachine.Solo;

namespace Drcm.StateMachine.KeepAlive;

/// <summary>What a voter has promised about one node (O6).</summary>
/// <param name="ExpiredInRound">Null: not expired.</param>
/// <param name="EpochFloor">Keep-alives of older epochs are refused.</param>
public readonly record struct Promise(LogIndex? ExpiredInRound, LogIndex EpochFloor);

/// <summary>The promise file's content: per node, across incarnations. Written and flushed before first use.</summary>
public sealed record PromiseTable(ImmutableSortedDictionary<NodeId, Promise> Promises)
{
    /// <summary>The newest voters that this node has told to have applied (O11): a restarted node that reads the log anew does not go back behind them.</summary>
    public ImmutableSortedSet<NodeId> Voters { get; init; } = ImmutableSortedSet<NodeId>.Empty;

    /// <summary>Index of <see cref="Voters"/>.</summary>
    public LogIndex VotersAt { get; init; }

    /// <summary>L and D that this node has told to go by, likewise.</summary>
    public TimeSpan Lease { get; init; }

    public TimeSpan DeadAfter { get; init; }

    /// <summary>Index of <see cref="Lease"/> and <see cref="DeadAfter"/>.</summary>
    public LogIndex TimingAt { get; init; }

    /// <summary>Which history the node lives in (T5): all of the above is of it, and so is the log that the node opens.</summary>
    public Generation Generation { get; init; }

    public static PromiseTable Empty { get; } = new(ImmutableSortedDictionary<NodeId, Promise>.Empty);
}

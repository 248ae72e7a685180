using System.Collections.Immutable;

namespace Drcm.StateMachine.KeepAlive;

/// <summary>What a voter has promised about one node (O6).</summary>
/// <param name="ExpiredInRound">Null: not expired.</param>
/// <param name="EpochFloor">Keep-alives of older epochs are refused.</param>
public readonly record struct Promise(LogIndex? ExpiredInRound, LogIndex EpochFloor);

/// <summary>The promise file's content: per node, across incarnations. Written and flushed before first use.</summary>
public sealed record PromiseTable(ImmutableSortedDictionary<NodeId, Promise> Promises)
{
    public static PromiseTable Empty { get; } = new(ImmutableSortedDictionary<NodeId, Promise>.Empty);
}

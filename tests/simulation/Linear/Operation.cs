using Drcm.Consensus;

namespace Drcm.Simulation.Linear;

/// <summary>One entry of the list that the log is: its index and the value that its proposer chose.</summary>
internal readonly record struct Entry(long Index, long Value);

/// <summary>One operation of a client: asked at <see cref="Start"/>, answered at <see cref="End"/>, in ticks of one monotonic clock.</summary>
internal abstract record Operation(long Start, long End)
{
    /// <summary>As an end: never answered, or answered with "perhaps". It may take effect at any time after its start.</summary>
    public const long Never = long.MaxValue;
}

/// <param name="Value">Proposed by this operation and no other.</param>
/// <param name="Expected">The expected version, or <see cref="LogVersion.Any"/>.</param>
/// <param name="Index">Committed: where. Stale: the version that it names.</param>
internal sealed record AppendOperation(long Start, long End, long Value, long Expected, AppendStatus Status, long Index) : Operation(Start, End)
{
    /// <summary>The moment by which it has taken effect, if it does.</summary>
    public long Deadline => Status == AppendStatus.Unknown ? Never : End;

    public override string ToString() => $"append {Value} (version {(Expected == LogVersion.Any ? "any" : Expected)}; {Status} {Index}; {Start} to {(End == Never ? "?" : End)})";
}

/// <param name="Seen">The whole list, as the member had it.</param>
internal sealed record ReadOperation(long Start, long End, ReadOnlyMemory<Entry> Seen) : Operation(Start, End)
{
    public override string ToString() => $"read of {Seen.Length} entries ({Start} to {End})";
}

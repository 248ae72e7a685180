using Drcm.StateMachine.Configuration;

namespace Drcm.StateMachine.Decisions;

/// <summary>A node to be fenced now, by the node that leads.</summary>
/// <param name="Reason">The sentence for people.</param>
public sealed record FenceStep(NodeId Node, FenceDefinition Agent, string Reason);

/// <summary>What this leader knows of its attempts to fence a node.</summary>
/// <param name="Failed">In a row.</param>
/// <param name="SinceLast">Since the last one ended.</param>
public sealed record FenceTries(bool IsRunning, int Failed, TimeSpan SinceLast)
{
    public static FenceTries None { get; } = new(false, 0, TimeSpan.Zero);
}

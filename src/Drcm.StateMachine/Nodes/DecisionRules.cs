using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Nodes;

/// <summary>How events change the state, and what a leader decides: the real ones. A test puts a broken one in its place to see that it is caught; nothing else may.</summary>
public sealed record DecisionRules
{
    private DecisionRules()
    {
    }

    public static DecisionRules All { get; } = new();

    internal Func<ClusterState, LogIndex, EventBatch, Applied> Apply { get; init; } = Transition.Apply;

    internal Func<ClusterState, Command, Decision> Decide { get; init; } = Decider.Decide;
}

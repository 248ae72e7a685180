using Drcm.StateMachine.Cluster;

namespace Drcm.StateMachine.Decisions;

/// <summary>Clauses that several decisions share.</summary>
internal static class Sentences
{
    public static string Failures(int count) => count == 1 ? "1 failure" : $"{count} failures";

    /// <summary>Why a node cannot take a slot: <c>n1 is down</c>.</summary>
    public static string WhyNot(Fitness fitness, NodeId node, SlotState slot) => fitness switch
    {
        Fitness.Fit => $"{node} can take it",
        Fitness.NotConfigured => $"{node} has left the configuration",
        Fitness.Inactive => $"{node} is inactive (node_is_active = 0)",
        Fitness.Witness => $"{node} is a witness",
        Fitness.Pending => $"{node} has not come up yet",
        Fitness.Down => $"{node} is down",
        Fitness.Standby => $"{node} stands by",
        Fitness.Troubled => $"{node} has trouble of its own",
        Fitness.Leaving => $"{node} is shutting down",
        Fitness.Failing => $"{node} failed it {slot.Failures.GetValueOrDefault(node)} times",
        Fitness.Unstopped => $"{node} could not stop it",
    };
}

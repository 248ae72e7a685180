using System.Collections.Immutable;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Cluster;

/// <summary>Voters change one at a time, and only when everybody who may hold a lease has read of the change before (O11): two sets that are in use
/// at one instant differ by one voter, so their majorities share one.</summary>
internal static class VoterChanges
{
    public static Outcome Added(ClusterState state, EventContext context, VoterAdded e)
    {
        if (!state.Nodes.TryGetValue(e.Node, out var node)) return Outcome.None(state, $"{e.Node} is not a node of this cluster");
        if (state.Voters.Contains(e.Node)) return Outcome.None(state, $"{e.Node} is a voter already");
        if (node.IsReplaced) return Outcome.None(state, $"{e.Node} is not yet known by its new identity");
        if (WhyTooEarly(state, context, e.After, e.ReportedBy) is { } why) return Outcome.None(state, why);
        return Outcome.Effective(state with { Voters = state.Voters.Add(e.Node), VotersAt = context.Index });
    }

    public static Outcome Removed(ClusterState state, EventContext context, VoterRemoved e)
    {
        if (!state.Voters.Contains(e.Node)) return Outcome.None(state, $"{e.Node} is no voter");
        if (state.Voters.Count == 1) return Outcome.None(state, $"{e.Node} is the only voter");
        if (WhyTooEarly(state, context, e.After, e.ReportedBy) is { } why) return Outcome.None(state, why);
        return Outcome.Effective(state with { Voters = state.Voters.Remove(e.Node), VotersAt = context.Index });
    }

    /// <summary>Nobody counts on what its former self promised any more.</summary>
    public static Outcome Joined(ClusterState state, NodeJoined e)
    {
        if (!state.Nodes.TryGetValue(e.Node, out var node)) return Outcome.None(state, $"{e.Node} is not a node of this cluster");
        if (!node.IsReplaced) return Outcome.None(state, $"{e.Node} is known by its identity");
        if (state.Voters.Contains(e.Node)) return Outcome.None(state, $"{e.Node} is still a voter by its former identity");
        return Outcome.Effective(state with { Nodes = state.Nodes.SetItem(e.Node, node with { IsReplaced = false }) });
    }

    private static string? WhyTooEarly(ClusterState state, EventContext context, LogIndex after, ImmutableArray<NodeId> reportedBy)
    {
        if (after != state.VotersAt) return $"it follows the voters of index {after}; those of index {state.VotersAt} are in force";
        if (context.Index <= state.VotersAt) return "one voter at a time";
        if (Pairs.IsArmed(state)) return "either of the two nodes may go solo by the voters of now; that is taken back first";
        foreach (var node in state.Nodes.Values)
        {
            if (node.Status == NodeStatus.Up && (reportedBy.IsDefault || !reportedBy.Contains(node.Id)))
                return $"{node.Id} has not reported the voters of index {state.VotersAt}";
        }
        return null;
    }
}

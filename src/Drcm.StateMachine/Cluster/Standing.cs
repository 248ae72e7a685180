using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Cluster;

/// <summary>Standby: a node that gives its slots away and takes none.</summary>
internal static class Standing
{
    public static Outcome By(ClusterState state, EventContext context, NodeStandby e)
    {
        if (!state.Nodes.TryGetValue(e.Node, out var node)) return Outcome.None(state, $"{e.Node} is not a node of this cluster");
        if (e.Kind == StandbyKind.None) return Outcome.None(state, "this standby says nothing");
        if (e.Kind == StandbyKind.Trouble && node.Standby != StandbyKind.None) return Outcome.None(state, $"{e.Node} stands by already");
        // An operator's word outlasts a shutdown, not the other way round.
        if (node.Standby == e.Kind || node.Standby == StandbyKind.Operator)
            return Outcome.None(state, $"{e.Node} stands by already");
        return Outcome.Effective(With(state, node with { Standby = e.Kind, Reason = context.Reason }));
    }

    public static Outcome Activated(ClusterState state, EventContext context, NodeActivated e)
    {
        if (!state.Nodes.TryGetValue(e.Node, out var node)) return Outcome.None(state, $"{e.Node} is not a node of this cluster");
        return node.Standby is StandbyKind.Operator or StandbyKind.Trouble
            ? Outcome.Effective(With(state, node with { Standby = StandbyKind.None, Reason = context.Reason }))
            : Outcome.None(state, $"{e.Node} does not stand by, or is shutting down");
    }

    private static ClusterState With(ClusterState state, NodeState node) =>
        state with { Nodes = state.Nodes.SetItem(node.Id, node) };
}

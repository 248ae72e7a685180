using System.Collections.Immutable;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Cluster;

/// <summary>Nodes start, come up, are suspected, die, are fenced (O3, O5, O9).</summary>
internal static class NodeLife
{
    public static Outcome Started(ClusterState state, EventContext context, NodeStarted e)
    {
        if (!state.Nodes.TryGetValue(e.Node, out var node)) return Outcome.None(state, $"{e.Node} is not a node of this cluster");
        if (e.Incarnation <= node.Incarnation)
            return Outcome.None(state, $"incarnation {e.Incarnation} of {e.Node} is not newer than {node.Incarnation}");
        var isNewBoot = node.BootId.Length > 0 && node.BootId != e.BootId;
        var changed = OwnedBy(state, e.Node)
            .Select(s => isNewBoot ? SlotChanges.Freed(s, context) : s with { FailuresCounted = 0 });
        var isReplaced = node.Identity.Length > 0 && e.Identity.Length > 0 && node.Identity != e.Identity;
        var started = node with
        {
            Incarnation = e.Incarnation,
            BootId = e.BootId,
            StartedAt = context.Index,
            Identity = e.Identity.Length > 0 ? e.Identity : node.Identity,
            IsReplaced = node.IsReplaced || isReplaced,
        };
        // The end of a shutdown is a change that people ask about; a restart of a daemon that serves on is none.
        if (node.Standby is StandbyKind.Shutdown or StandbyKind.Trouble)
            started = started with { Standby = StandbyKind.None, Since = context.At, Reason = context.Reason };
        return Outcome.Effective(SlotChanges.PutAll(With(state, started), changed.ToArray()));
    }

    public static Outcome Up(ClusterState state, EventContext context, NodeUp e)
    {
        if (!state.Nodes.TryGetValue(e.Node, out var node)) return Outcome.None(state, $"{e.Node} is not a node of this cluster");
        if (node.Status == NodeStatus.Up) return Outcome.None(state, $"{e.Node} is up already");
        if (e.Incarnation != node.Incarnation || e.Incarnation == default)
            return Outcome.None(state, $"incarnation {e.Incarnation} of {e.Node} is not the current one, {node.Incarnation}");
        return Outcome.Effective(With(state, node with
        {
            Status = NodeStatus.Up,
            Epoch = context.Index,
            Round = context.Index,
            Since = context.At,
            Reason = context.Reason,
        }));
    }

    public static Outcome Closed(ClusterState state, EventContext context, SuspicionClosed e)
    {
        if (!state.Nodes.TryGetValue(e.Node, out var node)) return Outcome.None(state, $"{e.Node} is not a node of this cluster");
        if (node.Status != NodeStatus.Up) return Outcome.None(state, $"{e.Node} is not up; only node.up ends that");
        return Outcome.Effective(With(state, node with { Round = context.Index }));
    }

    public static Outcome Down(ClusterState state, EventContext context, NodeDown e)
    {
        if (!state.Nodes.TryGetValue(e.Node, out var node)) return Outcome.None(state, $"{e.Node} is not a node of this cluster");
        if (node.Status == NodeStatus.Down) return Outcome.None(state, $"{e.Node} is down already");
        if (e.Round != node.Round)
            return Outcome.None(state, $"the evidence is of round {e.Round}; {e.Node} is in round {node.Round}");
        if (!IsMajority(state, e.ExpiredBy)) return Outcome.None(state, $"the evidence against {e.Node} is no majority of the voters");
        var left = OwnedBy(state, e.Node).Select(s => LeftBy(s, context));
        var down = node with
        {
            Status = NodeStatus.Down,
            Round = context.Index,
            DownAt = context.Index,
            Since = context.At,
            Reason = context.Reason,
        };
        return Outcome.Effective(SlotChanges.PutAll(With(state, down), left.ToArray()));
    }

    /// <summary>What a death leaves of a slot. An exclusive one whose stop failed may still run: only proof of the contrary frees it. One whose release
    /// takes longer than S is held back until its budget is over, or for as long as nothing bounds it (O19).</summary>
    private static SlotState LeftBy(SlotState slot, EventContext context) => slot switch
    {
        { HeldIdentity.Length: 0 } => SlotChanges.Freed(slot, context),
        { Phase: SlotPhase.Unknown } => slot,
        { ReleaseBudget: var budget } when budget == ReleaseRules.Unbounded => slot with
        {
            Phase = SlotPhase.Unknown,
            LastFailure = "went down with it, and nothing makes sure that it was stopped",
            Since = context.At,
            Reason = context.Reason,
        },
        { ReleaseBudget: var budget } when budget > TimeSpan.Zero => slot with { Phase = SlotPhase.Releasing, Since = context.At, Reason = context.Reason },
        _ => SlotChanges.Freed(slot, context),
    };

    public static Outcome Fenced(ClusterState state, EventContext context, NodeFenced e)
    {
        if (!state.Nodes.ContainsKey(e.Node)) return Outcome.None(state, $"{e.Node} is not a node of this cluster");
        var freed = OwnedBy(state, e.Node).Select(s => SlotChanges.Freed(s, context)).ToArray();
        return freed.Length == 0
            ? Outcome.None(state, $"{e.Node} holds nothing")
            : Outcome.Effective(SlotChanges.PutAll(state, freed));
    }

    private static bool IsMajority(ClusterState state, ImmutableArray<NodeId> expiredBy)
    {
        if (state.Voters.IsEmpty || expiredBy.IsDefault) return false;
        return state.Voters.Count(v => expiredBy.Contains(v)) >= state.Majority;
    }

    private static IEnumerable<SlotState> OwnedBy(ClusterState state, NodeId node)
    {
        foreach (var slot in state.Slots.Values)
        {
            if (slot.Owner == node) yield return slot;
        }
    }

    private static ClusterState With(ClusterState state, NodeState node) =>
        state with { Nodes = state.Nodes.SetItem(node.Id, node) };
}

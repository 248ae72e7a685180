using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Cluster;

/// <summary>Who may run what. The rules that must hold even against a wrong proposal; where a slot should best go is the decider's.</summary>
internal static class Assignment
{
    public static Outcome Assigned(ClusterState state, EventContext context, SlotAssigned e)
    {
        if (state.Definition is not { } definition) return Outcome.None(state, "the cluster is not configured yet");
        if (!state.Slots.TryGetValue(e.Slot, out var slot)) return Outcome.None(state, $"{e.Slot} is not a slot of this cluster");
        if (slot.IsRetired) return Outcome.None(state, $"{e.Slot} has left the configuration");
        if (!IsTakeable(slot, e.Node)) return Outcome.None(state, $"{e.Slot} is not free: {slot.Owner} holds it");
        var topology = Topology.Of(definition).Slots[e.Slot];
        if (!topology.Lists(definition, e.Node)) return Outcome.None(state, $"{e.Node} is not listed for {e.Slot}");
        if (WhyUnfit(state, definition, e.Node) is { } why) return Outcome.None(state, why);
        if (topology.Identity.Length > 0 && state.Holders.TryGetValue(topology.Identity, out var holder))
            return Outcome.None(state, $"{holder} holds the same thing ({topology.Identity})");
        if (HeldUnnamed(state, topology, slot.Id) is { } former)
            return Outcome.None(state, $"{former}, from before it was exclusive, is not stopped yet");
        return Outcome.Effective(SlotChanges.Put(state, slot with
        {
            Phase = SlotPhase.Assigned,
            Owner = e.Node,
            Token = context.Index,
            HeldIdentity = topology.Identity,
            ReleaseBudget = ReleaseRules.BudgetOf(topology.Resource, definition.SelfFence),
            FailuresCounted = 0,
            Since = context.At,
            Reason = context.Reason,
        }));
    }

    /// <summary>Another slot of what is exclusive now, from a configuration in which it was not: it holds no identity, and runs all the same (O14).</summary>
    public static SlotId? HeldUnnamed(ClusterState state, SlotTopology topology, SlotId id)
    {
        // Addresses and crontabs were never anything but exclusive.
        if (topology.Identity.Length == 0 || id.Resource.Kind is ResourceKind.Ip or ResourceKind.Cron) return null;
        foreach (var node in state.Nodes.Keys)
        {
            var other = new SlotId(id.Resource, node);
            if (other != id && state.Slots.TryGetValue(other, out var slot) && slot.Phase != SlotPhase.Free) return other;
        }
        return null;
    }

    public static Outcome Revoked(ClusterState state, EventContext context, SlotRevoked e)
    {
        if (!state.Slots.TryGetValue(e.Slot, out var slot)) return Outcome.None(state, $"{e.Slot} is not a slot of this cluster");
        if (slot.Token != e.Token) return Outcome.None(state, $"token {e.Token} of {e.Slot} is not the current one, {slot.Token}");
        if (slot.Phase is not (SlotPhase.Assigned or SlotPhase.Started))
            return Outcome.None(state, $"{e.Slot} is {Words.Of(slot.Phase)}; there is nothing to revoke");
        return Outcome.Effective(SlotChanges.Put(state, slot with
        {
            Phase = SlotPhase.Revoked,
            Since = context.At,
            Reason = context.Reason,
        }));
    }

    /// <summary>The release budget of an owner that went down is over (O19).</summary>
    public static Outcome Released(ClusterState state, EventContext context, SlotReleased e)
    {
        if (!state.Slots.TryGetValue(e.Slot, out var slot)) return Outcome.None(state, $"{e.Slot} is not a slot of this cluster");
        if (slot.Token != e.Token) return Outcome.None(state, $"token {e.Token} of {e.Slot} is not the current one, {slot.Token}");
        return slot.Phase == SlotPhase.Releasing
            ? Outcome.Effective(SlotChanges.Put(state, SlotChanges.Freed(slot, context)))
            : Outcome.None(state, $"{e.Slot} is {Words.Of(slot.Phase)}; no release is awaited");
    }

    /// <summary>Free; or not exclusive, lost in an unknown stop on another node.</summary>
    private static bool IsTakeable(SlotState slot, NodeId node) =>
        slot.Phase == SlotPhase.Free
        || (slot.Phase == SlotPhase.Unknown && slot.HeldIdentity.Length == 0 && slot.Owner != node);

    private static string? WhyUnfit(ClusterState state, ClusterDefinition definition, NodeId id)
    {
        if (!state.Nodes.TryGetValue(id, out var node) || !Topology.Of(definition).Nodes.TryGetValue(id, out var defined))
            return $"{id} is not a node of this cluster";
        if (!defined.IsActive) return $"{id} is inactive";
        if (defined.IsWitness) return $"{id} is a witness";
        if (node.Status != NodeStatus.Up) return $"{id} is not up";
        return node.Standby == StandbyKind.None ? null : $"{id} stands by";
    }
}

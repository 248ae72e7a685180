using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Cluster;

/// <summary>An operator's wish where a slot shall run.</summary>
internal static class Moves
{
    public static Outcome Requested(ClusterState state, MoveRequested e)
    {
        if (state.Definition is not { } definition) return Outcome.None(state, "the cluster is not configured yet");
        if (!state.Slots.TryGetValue(e.Slot, out var slot)) return Outcome.None(state, $"{e.Slot} is not a slot of this cluster");
        if (slot.IsRetired) return Outcome.None(state, $"{e.Slot} has left the configuration");
        if (slot.MoveTarget == e.Target) return Outcome.None(state, $"{e.Slot} is to be on {e.Target} already");
        if (!Topology.Of(definition).Slots[e.Slot].Lists(definition, e.Target))
            return Outcome.None(state, $"{e.Target} is not listed for {e.Slot}");
        return Outcome.Effective(SlotChanges.Put(state, slot with { MoveTarget = e.Target }));
    }

    public static Outcome Expired(ClusterState state, MoveExpired e)
    {
        if (!state.Slots.TryGetValue(e.Slot, out var slot)) return Outcome.None(state, $"{e.Slot} is not a slot of this cluster");
        return slot.MoveTarget is null
            ? Outcome.None(state, $"no move of {e.Slot} is requested")
            : Outcome.Effective(SlotChanges.Put(state, slot with { MoveTarget = null }));
    }
}

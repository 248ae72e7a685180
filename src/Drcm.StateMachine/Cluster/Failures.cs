using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Cluster;

/// <summary>Failure counts are per slot and node, and can be forgotten.</summary>
internal static class Failures
{
    public static Outcome Cleared(ClusterState state, FailuresCleared e)
    {
        if (!state.Slots.TryGetValue(e.Slot, out var slot)) return Outcome.None(state, $"{e.Slot} is not a slot of this cluster");
        if (!slot.Failures.ContainsKey(e.Node)) return Outcome.None(state, $"{e.Node} has no failures for {e.Slot}");
        var left = slot.Failures.Remove(e.Node);
        return Outcome.Effective(SlotChanges.Put(state, slot with
        {
            Failures = left,
            LastFailure = left.IsEmpty ? "" : slot.LastFailure,
        }));
    }
}

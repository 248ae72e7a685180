using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;

namespace Drcm.Property.Tests.Cluster;

/// <summary>NoMoveWithoutCause: a decider gives up a running slot only for a cause that the state shows, and says it.</summary>
internal static class Causes
{
    public static string? Missing(ClusterState before, ClusterState after, Decision decision)
    {
        foreach (var entry in decision.Events)
        {
            if (entry.Reason.Length == 0) return "EveryEventSaysWhy: an event without a reason";
            if (entry.Event is not SlotRevoked revoked || !after.Slots.TryGetValue(revoked.Slot, out var slot)) continue;
            if (before.Slots.TryGetValue(revoked.Slot, out var earlier) && !HasCause(after, slot, earlier))
                return $"NoMoveWithoutCause: {revoked.Slot} was revoked from {earlier.Owner}";
        }
        return null;
    }

    private static bool HasCause(ClusterState state, SlotState slot, SlotState earlier)
    {
        if (slot.IsRetired || earlier.Owner is not { } owner || owner != slot.Id.Home) return true;
        var definition = state.Definition!;
        var home = definition.Nodes.First(n => n.Id == owner);
        var resource = definition.Resources.First(r => r.Id == slot.Id.Resource);
        return state.Nodes[owner].Standby != StandbyKind.None
            || !home.IsActive
            || home.IsWitness
            || (slot.MoveTarget is { } target && target != owner)
            || slot.Failures.GetValueOrDefault(owner) >= resource.MigrationThreshold
            || earlier.HeldIdentity != (resource.IsExclusive ? PhysicalIdentity.Of(resource) : "");
    }
}

using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>A slot that has left the configuration is stopped, then goes (O14).</summary>
internal static class Retire
{
    public static void Run(Plan plan, LeaderView view)
    {
        if (plan.State.InMaintenance) return;
        foreach (var slot in plan.State.Slots.Values)
        {
            if (!slot.IsRetired || slot.Phase is not (SlotPhase.Assigned or SlotPhase.Started)) continue;
            if (plan.IsFull) return;
            plan.Emit(
                new SlotRevoked(slot.Id, slot.Token), $"{slot.Id} has left the configuration: {slot.Owner} stops it");
        }
    }
}

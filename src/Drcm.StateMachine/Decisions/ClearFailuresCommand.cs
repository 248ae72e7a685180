using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

internal static class ClearFailuresCommand
{
    public static void Run(Plan plan, ClearFailures command)
    {
        if (!plan.State.Slots.TryGetValue(command.Slot, out var slot))
        {
            plan.Refuse($"{command.Slot} is not a slot of this cluster; 'drcm status' lists them");
            return;
        }
        if (slot.Failures.IsEmpty) plan.Refuse($"{slot.Id} has no failures to clear");
        foreach (var (node, count) in slot.Failures)
            plan.EmitTold(new FailuresCleared(slot.Id, node), $"an operator cleared {Sentences.Failures(count)} of {slot.Id} on {node}");
    }
}

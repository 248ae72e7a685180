using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>A requested move is over when the slot is at home, or when its target can no longer take it.</summary>
internal static class FinishMoves
{
    public static void Run(Plan plan, LeaderView view)
    {
        var board = new Board(plan.State, view);
        foreach (var slot in plan.State.Slots.Values)
        {
            if (slot.MoveTarget is not { } target || slot.IsRetired || board.SlotOf(slot.Id) is not { } topology) continue;
            if (plan.IsFull) return;
            var candidate = board.CandidateOf(topology, target);
            if (candidate < 0)
            {
                plan.Emit(new MoveExpired(slot.Id), $"{target} is no longer listed for {slot.Id}: the requested move is off");
                continue;
            }
            var fitness = board.Of(candidate, topology, slot);
            if (fitness != Fitness.Fit)
            {
                plan.Emit(
                    new MoveExpired(slot.Id),
                    $"{Sentences.WhyNot(fitness, target, slot)}: the requested move of {slot.Id} is off");
            }
            else if (target == slot.Id.Home && slot.Owner == target && slot.Phase is SlotPhase.Assigned or SlotPhase.Started)
            {
                plan.Emit(new MoveExpired(slot.Id), $"{slot.Id} is at home on {target}: the requested move is done");
            }
        }
    }
}

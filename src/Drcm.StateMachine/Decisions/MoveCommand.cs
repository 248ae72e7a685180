using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

internal static class MoveCommand
{
    public static void Run(Plan plan, RequestMove command)
    {
        var state = plan.State;
        if (state.Definition is null || !state.Slots.TryGetValue(command.Slot, out var slot))
        {
            plan.Refuse($"{command.Slot} is not a slot of this cluster; 'drcm status' lists them");
            return;
        }
        if (slot.IsRetired) plan.Refuse($"{slot.Id} has left the configuration and is being stopped");
        else if (command.Target is not { } target) Clear(plan, slot);
        else if (state.InMaintenance) plan.Refuse("the cluster is in maintenance; leave it first with 'drcm maintenance off'");
        else if (WhyNot(state, slot, target) is { } why) plan.Refuse(why);
        else plan.EmitTold(new MoveRequested(slot.Id, target), $"an operator wants {slot.Id} on {target}");
    }

    private static void Clear(Plan plan, SlotState slot)
    {
        if (slot.MoveTarget is { } target)
            plan.EmitTold(new MoveExpired(slot.Id), $"an operator no longer wants {slot.Id} on {target}: the rules place it again");
        else
            plan.Refuse($"no move of {slot.Id} is requested");
    }

    private static string? WhyNot(ClusterState state, SlotState slot, NodeId target)
    {
        var topology = Topology.Of(state.Definition!).Slots[slot.Id];
        var board = new Board(state, LeaderView.Blind);
        var candidate = board.CandidateOf(topology, target);
        if (candidate < 0)
        {
            var listed = topology.Candidates.Select(board.Id);
            return $"{target} is not listed for {slot.Id}; it may run on {Words.List([.. listed])}";
        }
        if (slot.Phase == SlotPhase.Unknown && slot.HeldIdentity.Length > 0)
            return $"{slot.Id} is unknown: {slot.Owner} may still run it; fence or reboot {slot.Owner} first";
        if (slot.Phase == SlotPhase.Releasing) return $"{slot.Id} is not free yet: {slot.Owner} went down with it and has its time to be rid of it";
        if (slot.MoveTarget == target) return $"{slot.Id} is to be on {target} already";
        if (slot.Owner == target && slot.MoveTarget is null && target == slot.Id.Home) return $"{slot.Id} is on {target} already";
        var fitness = board.Of(candidate, topology, slot);
        return fitness == Fitness.Fit ? null : $"{slot.Id} cannot move to {target}: {Sentences.WhyNot(fitness, target, slot)}";
    }
}

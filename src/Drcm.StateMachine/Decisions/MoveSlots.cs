using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>Planned moves: the owner stops the slot first. Never without a target that is up, fit and heard.</summary>
internal static class MoveSlots
{
    public static void Run(Plan plan, LeaderView view)
    {
        if (plan.State.InMaintenance) return;
        var board = new Board(plan.State, view);
        foreach (var slot in plan.State.Slots.Values)
        {
            if (slot.IsRetired || slot.Phase is not (SlotPhase.Assigned or SlotPhase.Started)) continue;
            if (plan.IsFull) return;
            if (board.SlotOf(slot.Id) is { } topology) Consider(plan, view, board, topology, slot);
        }
    }

    private static void Consider(Plan plan, LeaderView view, Board board, SlotTopology topology, SlotState slot)
    {
        var owner = slot.Owner!.Value;
        if (slot.MoveTarget is { } target)
        {
            if (target == owner) return;
            var asked = board.CandidateOf(topology, target);
            if (asked >= 0 && board.IsReady(asked, topology, slot))
                Revoke(plan, slot, $"an operator wants {slot.Id} on {target}: {owner} stops it, then {target} starts it");
            else
                plan.Refuse($"{slot.Id} stays on {owner}: {target}, where it is wanted, is not heard");
            return;
        }
        var current = board.CandidateOf(topology, owner);
        if (current < 0) return;
        var fitness = board.Of(current, topology, slot);
        if (fitness is Fitness.Failing or Fitness.Standby or Fitness.Troubled) Leave(plan, board, topology, slot, fitness);
        else if (fitness == Fitness.Fit) Failback(plan, view, board, topology, slot);
    }

    private static void Leave(Plan plan, Board board, SlotTopology topology, SlotState slot, Fitness fitness)
    {
        var owner = slot.Owner!.Value;
        var cause = Sentences.WhyNot(fitness, owner, slot);
        foreach (var candidate in topology.Candidates)
        {
            if (!board.IsReady(candidate, topology, slot)) continue;
            Revoke(plan, slot, $"{cause}: {owner} stops {slot.Id}, then {board.Id(candidate)} starts it");
            return;
        }
        plan.Refuse($"{slot.Id} stays on {owner}, although {cause}: no other living eligible node");
    }

    private static void Failback(Plan plan, LeaderView view, Board board, SlotTopology topology, SlotState slot)
    {
        var home = slot.Id.Home;
        if (slot.Owner == home || !board.IsReady(topology.Candidates[0], topology, slot)) return;
        var policy = topology.Resource.Failback;
        switch (policy.Kind)
        {
            case FailbackKind.Auto:
                Revoke(plan, slot, $"{home} can take {slot.Id} home, and it fails back at once: {slot.Owner} stops it, then {home} starts it");
                break;
            case FailbackKind.Delayed when view.UpFor.GetValueOrDefault(home) >= policy.Delay:
                Revoke(
                    plan, slot,
                    $"{home} has been up for {Words.Seconds(policy.Delay)}, and {slot.Id} fails back: "
                    + $"{slot.Owner} stops it, then {home} starts it");
                break;
            case FailbackKind.Delayed or FailbackKind.Manual:
                break;
        }
    }

    private static void Revoke(Plan plan, SlotState slot, string reason) =>
        plan.Emit(new SlotRevoked(slot.Id, slot.Token), reason);
}

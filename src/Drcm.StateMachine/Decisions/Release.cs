using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>Slots that their owner has to give up, whether or not somebody else can take them.</summary>
internal static class Release
{
    public static void Run(Plan plan, LeaderView view)
    {
        if (plan.State.InMaintenance) return;
        var board = new Board(plan.State, view);
        foreach (var slot in plan.State.Slots.Values)
        {
            if (slot.IsRetired || slot.Phase is not (SlotPhase.Assigned or SlotPhase.Started)) continue;
            if (plan.IsFull) return;
            if (board.SlotOf(slot.Id) is { } topology && Why(board, topology, slot, slot.Owner!.Value) is { } why)
                plan.Emit(new SlotRevoked(slot.Id, slot.Token), why);
        }
    }

    private static string? Why(Board board, SlotTopology topology, SlotState slot, NodeId owner)
    {
        if (slot.HeldIdentity != topology.Identity)
            return $"the configuration changed what {slot.Id} stands for: {owner} stops it, then it starts anew";
        var candidate = board.CandidateOf(topology, owner);
        if (candidate < 0) return $"the configuration no longer lists {owner} for {slot.Id}: {owner} stops it";
        return board.Of(candidate, topology, slot) switch
        {
            Fitness.Inactive => $"the configuration makes {owner} inactive: {owner} stops {slot.Id}",
            Fitness.Witness => $"the configuration makes {owner} a witness: {owner} stops {slot.Id}",
            Fitness.Leaving when !IsKept(board, candidate, topology) => $"{owner} is shutting down: it stops {slot.Id}",
            _ => null,
        };
    }

    /// <summary>Left running over a shutdown (<c>keep_services</c> and its like); nothing exclusive ever is (O15).</summary>
    private static bool IsKept(Board board, int owner, SlotTopology topology) =>
        topology.Identity.Length == 0 && board.Defined(owner).Keeps(topology.Resource.Id.Kind);
}

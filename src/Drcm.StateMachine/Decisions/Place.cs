using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>Free slots find an owner: where an operator wants them, else at home, else on the first living eligible backup in file
/// order (DESIGN 4). A failback policy speaks of slots that run; one that is free goes home whenever home can take it.</summary>
internal static class Place
{
    public static void Run(Plan plan, LeaderView view)
    {
        if (plan.State.InMaintenance)
        {
            plan.Refuse("the cluster is in maintenance: nothing is started, moved or stopped; leave it with 'drcm maintenance off'");
            return;
        }
        var board = new Board(plan.State, view);
        var leaving = EarliestLeavingKinds(plan.State);
        foreach (var slot in plan.State.Slots.Values)
        {
            if (slot.Phase is not (SlotPhase.Free or SlotPhase.Unknown) || slot.IsRetired) continue;
            if (board.SlotOf(slot.Id) is not { } topology) continue;
            if (plan.IsFull) return;
            if (slot.Phase == SlotPhase.Free && leaving.TryGetValue(slot.Id.Home, out var kind) && kind < slot.Id.Resource.Kind)
                plan.Refuse($"{slot.Id} waits until what it may need, the {kind.Word()} resources of {slot.Id.Home}, has been stopped where it was");
            else if (slot.Phase == SlotPhase.Free || (slot.Phase == SlotPhase.Unknown && slot.HeldIdentity.Length == 0))
                Assign(plan, board, topology, slot);
            else if (slot.Phase == SlotPhase.Unknown)
                plan.Refuse(WhyStuck(slot));
        }
    }

    /// <summary>Slots of one home that move together start in the order of their kinds (DESIGN 4): an application does not run ahead of the file
    /// system that is still being unmounted elsewhere. By home, the earliest kind of a slot that is being stopped.</summary>
    private static SortedDictionary<NodeId, ResourceKind> EarliestLeavingKinds(ClusterState state)
    {
        var leaving = new SortedDictionary<NodeId, ResourceKind>();
        foreach (var slot in state.Slots.Values)
        {
            if (slot.Phase != SlotPhase.Revoked) continue;
            if (!leaving.TryGetValue(slot.Id.Home, out var kind) || slot.Id.Resource.Kind < kind)
                leaving[slot.Id.Home] = slot.Id.Resource.Kind;
        }
        return leaving;
    }

    private static void Assign(Plan plan, Board board, SlotTopology topology, SlotState slot)
    {
        if (topology.Identity.Length > 0 && plan.State.Holders.TryGetValue(topology.Identity, out var holder))
        {
            plan.Refuse($"{slot.Id} waits: {holder} holds the same thing ({topology.Identity})");
            return;
        }
        if (Assignment.HeldUnnamed(plan.State, topology, slot.Id) is { } former)
        {
            plan.Refuse($"{slot.Id} waits: {former}, from before it was exclusive, is not stopped yet");
            return;
        }
        if (slot.MoveTarget is { } target
            && board.CandidateOf(topology, target) is >= 0 and var asked
            && board.Of(asked, topology, slot) == Fitness.Fit)
        {
            plan.Emit(new SlotAssigned(slot.Id, target), $"{slot.Id} goes to {target}, where an operator wants it");
            return;
        }
        foreach (var candidate in topology.Candidates)
        {
            if (board.IsAwaited(candidate))
            {
                plan.Refuse($"{slot.Id} waits for {board.Id(candidate)}, which has not come up since the first start");
                return;
            }
            if (board.Of(candidate, topology, slot) != Fitness.Fit) continue;
            plan.Emit(new SlotAssigned(slot.Id, board.Id(candidate)), Reason(board, topology, slot, candidate));
            return;
        }
        plan.Refuse(board.WhyNobody(topology, slot));
    }

    private static string Reason(Board board, SlotTopology topology, SlotState slot, int chosen)
    {
        var node = board.Id(chosen);
        if (node == slot.Id.Home) return $"{slot.Id} goes to its home node {node}, which is up";
        var passed = topology.Candidates.TakeWhile(c => c != chosen)
            .Select(c => Sentences.WhyNot(board.Of(c, topology, slot), board.Id(c), slot));
        return $"{slot.Id} goes to {node}, its first living eligible backup: {string.Join(", ", passed)}";
    }

    private static string WhyStuck(SlotState slot) =>
        $"{slot.Id} is unknown: {slot.Owner} may still run it ({slot.LastFailure}); "
        + $"it moves when {slot.Owner} reports it stopped, has rebooted, or is confirmed as fenced";
}

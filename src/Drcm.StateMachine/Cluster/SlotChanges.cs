using System.Collections.Immutable;

namespace Drcm.StateMachine.Cluster;

/// <summary>The only way in which slots change: keeps <see cref="ClusterState.Holders"/> true and lets retired slots go.</summary>
internal static class SlotChanges
{
    public static SlotState Freed(SlotState slot, EventContext context) => slot with
    {
        Phase = SlotPhase.Free,
        Owner = null,
        HeldIdentity = "",
        ReleaseBudget = TimeSpan.Zero,
        FailuresCounted = 0,
        Since = context.At,
        Reason = context.Reason,
    };

    public static ClusterState Put(ClusterState state, SlotState slot) => PutAll(state, [slot]);

    public static ClusterState PutAll(ClusterState state, ReadOnlySpan<SlotState> changed)
    {
        if (changed.Length == 0) return state;
        if (changed.Length == 1) return PutOne(state, changed[0]);
        var slots = state.Slots.ToBuilder();
        var holders = state.Holders;
        foreach (var slot in changed)
        {
            holders = Hold(holders, slots.GetValueOrDefault(slot.Id), slot);
            state = CrontabRecords.Note(state, slots.GetValueOrDefault(slot.Id), slot, IsGone(slot));
            if (IsGone(slot)) slots.Remove(slot.Id);
            else slots[slot.Id] = slot;
        }
        return state with { Slots = slots.ToImmutable(), Holders = holders };
    }

    private static ClusterState PutOne(ClusterState state, SlotState slot) =>
        CrontabRecords.Note(state, state.Slots.GetValueOrDefault(slot.Id), slot, IsGone(slot)) with
    {
        Holders = Hold(state.Holders, state.Slots.GetValueOrDefault(slot.Id), slot),
        Slots = IsGone(slot) ? state.Slots.Remove(slot.Id) : state.Slots.SetItem(slot.Id, slot),
    };

    private static bool IsGone(SlotState slot) => slot is { IsRetired: true, Phase: SlotPhase.Free };

    private static ImmutableSortedDictionary<string, SlotId> Hold(
        ImmutableSortedDictionary<string, SlotId> holders, SlotState? before, SlotState after)
    {
        if (before is { HeldIdentity.Length: > 0 } && before.HeldIdentity != after.HeldIdentity)
            holders = holders.Remove(before.HeldIdentity);
        return after.HeldIdentity.Length > 0 ? holders.SetItem(after.HeldIdentity, after.Id) : holders;
    }
}

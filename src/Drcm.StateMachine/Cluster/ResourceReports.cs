using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Cluster;

/// <summary>What owners report counts only if slot, token, incarnation and owner are all current (O10).</summary>
internal static class ResourceReports
{
    /// <summary>A failing resource counts no further: the number must not overflow, and no threshold is as high.</summary>
    public const int FailuresMax = 1_000_000;

    /// <summary>The sentence of the assignment stays: why it runs here is what people ask, not that it does.</summary>
    public static Outcome Started(ClusterState state, EventContext context, ResourceStarted e)
    {
        if (WhyStale(state, e.Slot, e.Token, e.Incarnation, out var slot) is { } why) return Outcome.None(state, why);
        if (slot.Phase != SlotPhase.Assigned) return Outcome.None(state, $"{e.Slot} is {Words.Of(slot.Phase)}");
        return Outcome.Effective(SlotChanges.Put(state, slot with
        {
            Phase = SlotPhase.Started,
            Since = context.At,
        }));
    }

    public static Outcome Stopped(ClusterState state, EventContext context, ResourceStopped e) =>
        WhyStale(state, e.Slot, e.Token, e.Incarnation, out var slot) is { } why
            ? Outcome.None(state, why)
            : Outcome.Effective(SlotChanges.Put(state, SlotChanges.Freed(slot, context)));

    public static Outcome Failed(ClusterState state, ResourceFailed e)
    {
        if (WhyStale(state, e.Slot, e.Token, e.Incarnation, out var slot) is { } why) return Outcome.None(state, why);
        if (e.FailureNumber <= slot.FailuresCounted)
            return Outcome.None(state, $"failure {e.FailureNumber} of {e.Slot} is counted already");
        var owner = slot.Owner!.Value;
        var total = (long)slot.Failures.GetValueOrDefault(owner) + e.FailureNumber - slot.FailuresCounted;
        return Outcome.Effective(SlotChanges.Put(state, slot with
        {
            Failures = e.IsConflict ? slot.Failures : slot.Failures.SetItem(owner, (int)Math.Min(total, FailuresMax)),
            FailuresCounted = e.FailureNumber,
            LastFailure = e.Detail,
        }));
    }

    public static Outcome Unknown(ClusterState state, EventContext context, ResourceUnknown e)
    {
        if (WhyStale(state, e.Slot, e.Token, e.Incarnation, out var slot) is { } why) return Outcome.None(state, why);
        if (slot.Phase == SlotPhase.Unknown) return Outcome.None(state, $"{e.Slot} is unknown already");
        return Outcome.Effective(SlotChanges.Put(state, slot with
        {
            Phase = SlotPhase.Unknown,
            LastFailure = e.Detail,
            Since = context.At,
            Reason = context.Reason,
        }));
    }

    internal static string? WhyStale(
        ClusterState state, SlotId id, LogIndex token, Incarnation incarnation, out SlotState slot)
    {
        if (!state.Slots.TryGetValue(id, out slot!)) return $"{id} is not a slot of this cluster";
        if (slot.Owner is not { } owner) return $"{id} is free";
        if (slot.Token != token) return $"token {token} of {id} is not the current one, {slot.Token}";
        var current = state.Nodes.GetValueOrDefault(owner)?.Incarnation ?? default;
        return current == incarnation ? null : $"incarnation {incarnation} of {owner} is not the current one, {current}";
    }
}

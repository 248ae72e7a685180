using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>A slot whose owner went down is free when the rest of its release budget is over by this leader's clock (O19).</summary>
internal static class EndReleases
{
    public static void Run(Plan plan, LeaderView view)
    {
        var stopBudget = plan.State.Definition!.Timing.StopBudget;
        foreach (var slot in plan.State.Slots.Values)
        {
            if (slot.Phase != SlotPhase.Releasing) continue;
            if (plan.IsFull) return;
            var wait = ReleaseRules.HoldBack(slot.ReleaseBudget, stopBudget);
            if (IsStillThere(plan, view, slot))
                plan.Refuse($"{slot.Id} is not released: {slot.Owner} is heard again and has not stopped it yet");
            else if (view.ReleasingFor.TryGetValue(slot.Id, out var since) && since >= wait)
            {
                plan.Emit(
                    new SlotReleased(slot.Id, slot.Token),
                    $"{slot.Owner} went down {Words.Seconds(wait)} ago: by now {slot.Id} is stopped there, or its host is reset");
            }
            else
            {
                plan.Refuse($"{slot.Id} waits {Words.Seconds(wait)} after the death of {slot.Owner}, which has so long to stop it or to reset itself");
            }
        }
    }

    /// <summary>The owner's own word counts more than the clock.</summary>
    private static bool IsStillThere(Plan plan, LeaderView view, SlotState slot) =>
        plan.State.Nodes.TryGetValue(slot.Owner!.Value, out var owner)
        && CurrentReports.Of(view, owner) is { IsFresh: true } heard
        && heard.Report.Slots.Any(s => s.Slot == slot.Id && s.Token == slot.Token && s.Phase != KeepAlive.RunPhase.Stopped);
}

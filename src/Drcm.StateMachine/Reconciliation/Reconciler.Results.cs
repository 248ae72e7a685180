using Drcm.StateMachine.Configuration;

namespace Drcm.StateMachine.Reconciliation;

/// <content>What came of an action.</content>
public sealed partial class Reconciler
{
    /// <summary>Script monitors must fail this often in a row before it counts as a failure; the built-in probes do not err.</summary>
    private const int MonitorFailuresMax = 2;

    private static readonly TimeSpan MonitorAgain = TimeSpan.FromSeconds(2);

    /// <summary>Takes the result of an action in; a result of an action that is not running here is ignored. Call <see cref="Step"/> after it.</summary>
    public void Finish(TimeSpan now, ActionResult result, IReconcilerEffects effects)
    {
        var resource = _resources.Values.FirstOrDefault(r => r.Action?.Id == result.Id);
        if (resource?.Action is not { } action) return;
        resource.Action = null;
        switch (action.Kind)
        {
            case ActionKind.Start: FinishStart(resource, now, action, result, effects); break;
            case ActionKind.Stop: FinishStop(resource, now, action, result, effects); break;
            case ActionKind.Monitor: FinishMonitor(resource, now, action, result, effects); break;
            case ActionKind.Look: FinishLook(resource, result, effects); break;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private void FinishStart(
        LocalResource resource, TimeSpan now, ActionRequest action, ActionResult result, IReconcilerEffects effects)
    {
        switch (result.Outcome)
        {
            case ActionOutcome.Succeeded:
                resource.Phase = LocalPhase.Running;
                resource.FailuresInRow = 0;
                resource.MonitorFailures = 0;
                resource.NextMonitor = now + MonitorAgain;
                effects.Note($"started {resource.Id} for {action.Slot} (token {action.Token})");
                break;
            case ActionOutcome.Killed:
                effects.Note($"ended the start of {resource.Id}: it may not run here any more");
                break;
            case ActionOutcome.Failed:
            case ActionOutcome.Conflicted:
            case ActionOutcome.TimedOut:
                Fail(resource, now, action, $"start {Words(result)}", effects, result.Outcome == ActionOutcome.Conflicted);
                break;
        }
    }

    private void FinishStop(
        LocalResource resource, TimeSpan now, ActionRequest action, ActionResult result, IReconcilerEffects effects)
    {
        if (result.Outcome == ActionOutcome.Succeeded)
        {
            resource.Phase = LocalPhase.Absent;
            resource.FailuresInRow = 0;
            resource.NextTry = TimeSpan.Zero;
            foreach (var record in _slots.Values)
            {
                if (record.Slot.Resource != resource.Id || record.Token > action.Token) continue;
                record.IsFinished = _rules.StoppedIsFinal;
            }
            effects.Note($"stopped {resource.Id}");
            return;
        }
        resource.Phase = LocalPhase.Unknown;
        resource.FailuresInRow++;
        resource.NextTry = now + Backoff(resource.FailuresInRow);
        foreach (var record in _slots.Values)
        {
            if (record.Slot.Resource != resource.Id) continue;
            record.Detail = Bounded($"stop {Words(result)}");
            record.IsConflict = false;
            // It cannot start here before the rest of an earlier token is gone: past the threshold somebody else shall.
            if (record.Token > action.Token && !record.IsFinished) record.Failures++;
        }
        effects.Note($"could not stop {resource.Id}: {Words(result)}; it may still run, next try in {Backoff(resource.FailuresInRow).TotalSeconds:0} s");
    }

    private void FinishMonitor(
        LocalResource resource, TimeSpan now, ActionRequest action, ActionResult result, IReconcilerEffects effects)
    {
        if (result.Outcome == ActionOutcome.Succeeded)
        {
            resource.MonitorFailures = 0;
            return;
        }
        if (result.Outcome == ActionOutcome.Killed) return;
        resource.MonitorFailures++;
        var isBuiltIn = resource.Id.Kind is ResourceKind.Ip or ResourceKind.Cron && resource.Definition.Probe == ProbeKind.BuiltIn;
        if (!isBuiltIn && resource.MonitorFailures < MonitorFailuresMax)
        {
            if (now + MonitorAgain < resource.NextMonitor) resource.NextMonitor = now + MonitorAgain;
            effects.Note($"the monitor of {resource.Id} {Words(result)}; asking again");
            return;
        }
        resource.MonitorFailures = 0;
        resource.Phase = LocalPhase.Starting;
        Fail(resource, now, action, $"monitor {Words(result)}", effects);
        resource.NextTry = now;
    }

    private static void FinishLook(LocalResource resource, ActionResult result, IReconcilerEffects effects)
    {
        resource.NeedsLook = false;
        if (result.Outcome == ActionOutcome.Failed) return;
        resource.Phase = LocalPhase.Starting;
        effects.Note($"{resource.Id} was found here from an earlier life");
    }

    private void Fail(LocalResource resource, TimeSpan now, ActionRequest action, string detail, IReconcilerEffects effects, bool isConflict = false)
    {
        resource.FailuresInRow++;
        resource.NextTry = now + Backoff(resource.FailuresInRow);
        foreach (var record in _slots.Values)
        {
            if (record.Slot.Resource != resource.Id || record.IsFinished) continue;
            record.Failures++;
            record.Detail = Bounded(detail);
            record.IsConflict = isConflict;
        }
        effects.Note($"{resource.Id} failed for {action.Slot}: {detail}");
    }

    private static TimeSpan Backoff(int failuresInRow)
    {
        var backoff = BackoffFirst * Math.Pow(2, Math.Min(failuresInRow - 1, 10));
        return backoff < BackoffMax ? backoff : BackoffMax;
    }

    private static string Words(ActionResult result) => result.Outcome switch
    {
        ActionOutcome.Succeeded => "succeeded",
        ActionOutcome.Failed or ActionOutcome.Conflicted => $"failed: {result.Detail}",
        ActionOutcome.TimedOut => $"timed out: {result.Detail}",
        ActionOutcome.Killed => "was ended",
    };

    private static string Bounded(string text) =>
        text.Length <= Limits.DetailCharsMax ? text : text[..(Limits.DetailCharsMax - 1)] + "…";
}

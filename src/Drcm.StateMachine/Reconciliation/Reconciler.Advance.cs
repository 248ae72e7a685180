using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;

namespace Drcm.StateMachine.Reconciliation;

/// <content>One resource, one step.</content>
public sealed partial class Reconciler
{
    private void Advance(
        LocalResource resource,
        ReconcilerInput input,
        SortedDictionary<ResourceId, SlotState> wanted,
        bool isBarred,
        IReconcilerEffects effects)
    {
        var mustRelease = resource.Definition.IsExclusive && !input.HoldsLease && _rules.ReleasesAtLeaseEnd
            && (_rules.ReleasesInMaintenance || !input.State.InMaintenance);
        var slot = wanted.GetValueOrDefault(resource.Id);
        if (resource.Action is not null)
        {
            InterruptIfNeeded(resource, mustRelease || (!isBarred && slot is null), effects);
            return;
        }
        if (resource.NeedsLook)
        {
            Begin(resource, ActionKind.Look, resource.Slot, LogIndex.None, "what an earlier life may have left", effects);
            return;
        }
        switch (resource.Phase)
        {
            case LocalPhase.Absent:
                if (slot is not null && MayStart(resource, input, wanted, isBarred)) Start(resource, slot, effects);
                break;
            case LocalPhase.Starting:
                if (mustRelease) Stop(resource, "the lease ended", effects, ReleaseLimit(resource, input));
                else if (isBarred) break;
                else if (slot is null) StopInOrder(resource, input, wanted, "not owned here any more", effects);
                else if (MayStart(resource, input, wanted, isBarred)) Start(resource, slot, effects);
                break;
            case LocalPhase.Running:
                if (mustRelease) Stop(resource, "the lease ended", effects, ReleaseLimit(resource, input));
                else if (isBarred) break;
                else if (slot is null) StopInOrder(resource, input, wanted, "not owned here any more", effects);
                else Watch(resource, slot, input, effects);
                break;
            case LocalPhase.Stopping:
            case LocalPhase.Unknown:
                if (input.Now >= resource.NextTry) Stop(resource, "the last stop failed", effects, mustRelease ? ReleaseLimit(resource, input) : null);
                else WakeAt(resource.NextTry);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>A start or monitor that may no longer run is ended; a stop always runs to its end.</summary>
    private static void InterruptIfNeeded(LocalResource resource, bool isUnwanted, IReconcilerEffects effects)
    {
        if (!isUnwanted || resource.IsKillSent) return;
        if (resource.Action is not { Kind: ActionKind.Start or ActionKind.Monitor } action) return;
        resource.IsKillSent = true;
        effects.Kill(action.Id);
    }

    private bool MayStart(
        LocalResource resource,
        ReconcilerInput input,
        SortedDictionary<ResourceId, SlotState> wanted,
        bool isBarred)
    {
        if (isBarred || !((input.HoldsLease && input.MayStart) || !_rules.StartsUnderLease)) return false;
        if (!IsCovered(resource, input)) return false;
        if (input.Now < resource.NextTry)
        {
            WakeAt(resource.NextTry);
            return false;
        }
        var home = wanted[resource.Id].Id.Home;
        foreach (var other in _resources.Values)
        {
            if (other.Id.Kind >= resource.Id.Kind || other.WantedSince is not { } since || other.FailuresInRow > 0) continue;
            if (other.Phase == LocalPhase.Running || wanted[other.Id].Id.Home != home) continue;
            if (input.Now - since >= OrderWaitMax) continue;
            WakeAt(since + OrderWaitMax);
            return false;
        }
        return true;
    }

    /// <summary>O16: what could outlive its lease with a daemon that is killed or frozen has somebody who ends it.</summary>
    private bool IsCovered(LocalResource resource, ReconcilerInput input) =>
        input.IsGuarded || !resource.Definition.IsExclusive || !_rules.StartsUnderGuard;

    private void Start(LocalResource resource, SlotState slot, IReconcilerEffects effects)
    {
        resource.Phase = LocalPhase.Starting;
        resource.Slot = slot.Id;
        resource.Token = slot.Token;
        SaveIfChanged(effects);
        Begin(resource, ActionKind.Start, slot.Id, slot.Token, slot.Reason, effects);
    }

    private void StopInOrder(
        LocalResource resource,
        ReconcilerInput input,
        SortedDictionary<ResourceId, SlotState> wanted,
        string reason,
        IReconcilerEffects effects)
    {
        foreach (var other in _resources.Values)
        {
            if (other.Id.Kind <= resource.Id.Kind || other.UnwantedSince is not { } since) continue;
            if (other.Phase is LocalPhase.Absent or LocalPhase.Unknown || other.Slot.Home != resource.Slot.Home) continue;
            if (input.Now - since >= OrderWaitMax) continue;
            WakeAt(since + OrderWaitMax);
            return;
        }
        Stop(resource, reason, effects);
    }

    private void Stop(LocalResource resource, string reason, IReconcilerEffects effects, TimeSpan? limit = null)
    {
        resource.Phase = LocalPhase.Stopping;
        SaveIfChanged(effects);
        Begin(resource, ActionKind.Stop, resource.Slot, resource.Token, reason, effects, limit);
    }

    /// <summary>An address or a crontab has S to be gone, and the second half of that is the guard's; what takes longer has its own budget (O19).</summary>
    private TimeSpan? ReleaseLimit(LocalResource resource, ReconcilerInput input) =>
        resource.Id.Kind is ResourceKind.Ip or ResourceKind.Cron && (input.State.Definition ?? _own) is { } definition
            ? definition.Timing.StopBudget / 2
            : null;

    private void Watch(LocalResource resource, SlotState slot, ReconcilerInput input, IReconcilerEffects effects)
    {
        resource.Slot = slot.Id;
        resource.Token = slot.Token;
        if (resource.Definition is ApplicationDefinition { EnsureScript: "" }) return;
        if (input.Now < resource.NextMonitor)
        {
            WakeAt(resource.NextMonitor);
            return;
        }
        if (!input.HoldsLease || !input.MayStart || !IsCovered(resource, input)) return;
        resource.NextMonitor = input.Now + MonitorInterval(resource, input.State);
        Begin(resource, ActionKind.Monitor, slot.Id, slot.Token, "monitor", effects);
    }

    private TimeSpan MonitorInterval(LocalResource resource, ClusterState state)
    {
        var node = state.Definition?.Nodes.FirstOrDefault(n => n.Id == _self);
        return node is not null && node.CheckIntervals.TryGetValue(resource.Id.Kind, out var interval)
            ? interval
            : TimeSpan.FromMinutes(1);
    }

    private void Begin(
        LocalResource resource, ActionKind kind, SlotId slot, LogIndex token, string reason, IReconcilerEffects effects, TimeSpan? limit = null)
    {
        resource.IsKillSent = false;
        resource.Action = new ActionRequest(++_lastActionId, kind, resource.Definition, slot, token, reason) { Limit = limit };
        effects.Run(resource.Action);
    }
}

namespace Drcm.StateMachine.Configuration;

/// <summary>R, the release budget of an exclusive slot (OWNERSHIP O19): counted from the end of its owner's lease, by then either the resource is
/// gone or its host is.</summary>
public static class ReleaseRules
{
    /// <summary>Ends a start that was cut short, the stop script itself, and what is left of the start, one after the other: each is asked to end
    /// for 2 s and killed for 2 s.</summary>
    public static TimeSpan KillTime { get; } = TimeSpan.FromSeconds(12);

    /// <summary>What the guard sets the watchdog device to: a host that is not fed resets by then.</summary>
    public static TimeSpan WatchdogTimeout { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Until the kernel has acted on <c>/proc/sysrq-trigger</c>.</summary>
    public static TimeSpan SysrqTime { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Nothing bounds the release: the slot stays unknown until its node is fenced, rebooted, or reports it stopped.</summary>
    public static TimeSpan Unbounded => TimeSpan.MaxValue;

    /// <summary>R where it is longer than S. Zero: S is enough (addresses and crontabs, which gate and guard enforce), or the resource is not exclusive.</summary>
    public static TimeSpan BudgetOf(ResourceDefinition resource, SelfFence selfFence)
    {
        if (!resource.IsExclusive || resource.Id.Kind is ResourceKind.Ip or ResourceKind.Cron) return TimeSpan.Zero;
        return selfFence switch
        {
            SelfFence.Off => Unbounded,
            SelfFence.Watchdog => resource.StopTimeout + KillTime + WatchdogTimeout,
            SelfFence.Sysrq => resource.StopTimeout + KillTime + SysrqTime,
        };
    }

    /// <summary>How long after the end of the lease the guard ends the host on which the resource is still here: R less what ending it takes. Addresses and
    /// crontabs are gone by S, and stand behind gate and guarded lines; a host that still has one after the time for killing is ended as well, but no earlier:
    /// a daemon that takes a moment to die is no reason for it.</summary>
    public static TimeSpan EndsHostAfter(ResourceDefinition resource) =>
        resource.Id.Kind is ResourceKind.Ip or ResourceKind.Cron ? KillTime : resource.StopTimeout + KillTime;

    /// <summary>What ends the given node: off where it may run nothing that is exclusive.</summary>
    public static SelfFence SelfFenceOf(ClusterDefinition definition, NodeId node) =>
        definition.Nodes.Any(n => n.Id == node && definition.Resources.Any(r => r.IsExclusive && MayRun(n, r.Id))) ? definition.SelfFence : SelfFence.Off;

    /// <summary>The node is listed for it.</summary>
    public static bool MayRun(NodeDefinition node, ResourceId resource) =>
        node.IsActive && (node.HomeResources.Contains(resource) || node.Backups.Any(b => b.Resource == resource));

    /// <summary>How long after <c>node.down</c> a slot may not be assigned: R - S on the fastest clock while the slowest counts it.</summary>
    public static TimeSpan HoldBack(TimeSpan budget, TimeSpan stopBudget)
    {
        if (budget == Unbounded) return Unbounded;
        var rest = budget - stopBudget;
        return rest <= TimeSpan.Zero
            ? TimeSpan.Zero
            : new TimeSpan((long)((Int128)rest.Ticks * (TimingRules.ClockRateErrorParts + 1) / (TimingRules.ClockRateErrorParts - 1)) + 1);
    }
}

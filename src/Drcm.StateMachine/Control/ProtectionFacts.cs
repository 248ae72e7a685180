using System.Collections.Immutable;
using Drcm.StateMachine.Configuration;

namespace Drcm.StateMachine.Control;

/// <summary>What a daemon finds out about its own protection.</summary>
public sealed record ProtectionFacts
{
    /// <summary>Why the node is not guarded; empty: it is.</summary>
    public required string GuardProblem { get; init; }

    /// <summary>What would give it a guard; empty: it comes by itself.</summary>
    public required string GuardRemedy { get; init; }

    /// <summary>Why the kernel does not gate the floating addresses; empty: it does; null: there is none that could be gated.</summary>
    public required string? GateProblem { get; init; }

    /// <summary>Installed crontab lines look at the lease (<c>cron_guard</c>).</summary>
    public required bool GuardsCrontabs { get; init; }

    /// <summary>Why <c>self_fence</c> cannot be carried out here; empty: it can, or is not asked for.</summary>
    public required string FenceProblem { get; init; }

    /// <summary>One line for each <see cref="Protector"/>, in their order.</summary>
    /// <param name="definition">The configuration in force.</param>
    /// <param name="self">A node that it does not name needs no protection: nothing runs there.</param>
    public ImmutableArray<ProtectionLine> Lines(ClusterDefinition definition, NodeId self)
    {
        var mine = definition.Nodes.FirstOrDefault(n => n.Id == self) is { } node
            ? definition.Resources.Where(r => r.IsExclusive && ReleaseRules.MayRun(node, r.Id)).ToList()
            : [];
        return [Guard(mine.Count > 0), Gate(), CronGuard(mine.Any(r => r is CrontabDefinition)), SelfFence(ReleaseRules.SelfFenceOf(definition, self))];
    }

    private ProtectionLine Guard(bool isNeeded)
    {
        if (GuardProblem.Length == 0) return ProtectionLine.InForce(Protector.Guard);
        return isNeeded ? ProtectionLine.Missing(Protector.Guard, GuardProblem, GuardRemedy) : ProtectionLine.NotNeeded(Protector.Guard);
    }

    private ProtectionLine Gate() => GateProblem switch
    {
        null => ProtectionLine.NotNeeded(Protector.Gate),
        "" => ProtectionLine.InForce(Protector.Gate),
        _ => ProtectionLine.Missing(Protector.Gate, GateProblem, "install libnftables on a kernel with nftables, and run drcmd as root"),
    };

    private ProtectionLine CronGuard(bool isNeeded)
    {
        if (!isNeeded) return ProtectionLine.NotNeeded(Protector.CronGuard);
        return GuardsCrontabs
            ? ProtectionLine.InForce(Protector.CronGuard)
            : new ProtectionLine(Protector.CronGuard, ProtectionState.Off, "cron_guard = 0", "remove cron_guard = 0 from its cm.cfg and restart drcmd");
    }

    private ProtectionLine SelfFence(SelfFence asked)
    {
        if (asked == Configuration.SelfFence.Off) return ProtectionLine.NotNeeded(Protector.SelfFence);
        return FenceProblem.Length == 0
            ? ProtectionLine.InForce(Protector.SelfFence)
            : ProtectionLine.Missing(Protector.SelfFence, FenceProblem, "give the host its watchdog or sysrq, or set self_fence = off");
    }
}

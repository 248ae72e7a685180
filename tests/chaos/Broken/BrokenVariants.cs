using Drcm.Chaos.Faults;

namespace Drcm.Chaos.Broken;

/// <summary>A product that is broken on purpose, with the one fault that must show it.</summary>
/// <param name="Environment">More variables of the daemons.</param>
/// <param name="HasIdleGuard">Each host has a guard that releases nothing, see <see cref="IdleGuard"/>.</param>
/// <param name="Fault">On the home of the address with a script of its own.</param>
internal sealed record BrokenVariant(string What, Func<string, string[]> Environment, bool HasIdleGuard, FaultKind Fault);

internal static class BrokenVariants
{
    /// <summary>The loader takes the first libnftables.so.1 that it finds, and this one is no library: the daemon sees none.</summary>
    private static string WithoutGate(string empty) => $"LD_LIBRARY_PATH={empty}";

    public static readonly SortedDictionary<string, BrokenVariant> All = new(StringComparer.Ordinal)
    {
        ["no-guard"] = new(
            "a guard that does nothing, on kernels without a gate: the kernel ends the frozen daemon, and nobody releases",
            empty => [WithoutGate(empty), "DRCM_GUARD=external"], HasIdleGuard: true, FaultKind.StopDaemon),
        ["no-gate"] = new(
            "kernels without a gate, and daemon and guard frozen together",
            empty => [WithoutGate(empty)], HasIdleGuard: false, FaultKind.StopBoth),
    };
}

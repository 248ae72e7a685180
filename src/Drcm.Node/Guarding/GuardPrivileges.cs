using System.Runtime.InteropServices;
using Drcm.Node.Guarding.Native;

namespace Drcm.Node.Guarding;

/// <summary>What makes the guard run when the host is short of everything: memory that stays, a place before others on the processors, and the last place in the
/// kernel's choice of whom to kill. Each where it is allowed.</summary>
internal static unsafe class GuardPrivileges
{
    private const int LockCurrent = 1;
    private const int LockFuture = 2;

    /// <summary>Only pages that were ever touched: the runtime reserves hundreds of megabytes that it never uses.</summary>
    private const int LockOnFault = 4;

    /// <summary>SCHED_RR, and back to normal in children.</summary>
    private const int RoundRobinNotInherited = 2 | 0x40000000;

    /// <summary>Before every ordinary process, behind the kernel's own threads.</summary>
    private const int Priority = 10;

    /// <returns>What was refused, in words; empty: nothing.</returns>
    public static string Take()
    {
        var refused = new List<string>();
        if (GuardCalls.LockMemory(LockCurrent | LockFuture | LockOnFault) != 0) refused.Add($"locked memory ({Why()})");
        var priority = Priority;
        if (GuardCalls.SetScheduler(0, RoundRobinNotInherited, &priority) != 0) refused.Add($"real-time priority ({Why()})");
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "-1000");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            refused.Add("exemption from being killed for memory (not allowed)");
        }
        return string.Join(", ", refused);
    }

    private static string Why() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
}

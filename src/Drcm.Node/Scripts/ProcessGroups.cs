using System.Diagnostics;
using System.Runtime.InteropServices;
using Drcm.Node.Scripts.Native;

namespace Drcm.Node.Scripts;

/// <summary>Signals and looks at process groups that this or an earlier run of the daemon started. A group whose number
/// has been given to somebody else meanwhile counts as empty and is never signalled.</summary>
internal static class ProcessGroups
{
    /// <summary>Between two looks while waiting for a group to empty; each look reads /proc.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>The group as it is to be remembered; null if the process is gone already.</summary>
    internal static ProcessGroup? OfLeader(int pid) =>
        ProcessStat.Of(pid) is { } stat ? new ProcessGroup(pid, stat.StartTime) : null;

    /// <summary>Sends <paramref name="signal"/> to every member; false if none is left.</summary>
    internal static bool Kill(ProcessGroup group, int signal) =>
        !IsEmpty(group) && Posix.Kill(-group.Id, signal) == 0;

    /// <summary>True when no member runs. Zombies are dead.</summary>
    internal static bool IsEmpty(ProcessGroup group)
    {
        if (Posix.Kill(-group.Id, 0) == -1 && Marshal.GetLastPInvokeError() == Posix.Esrch) return true;
        var leader = ProcessStat.Of(group.Id);
        if (leader is { } found && found.StartTime != group.StartTime) return true;
        if (leader is { IsAlive: true }) return false;
        // The leader led a session of its own, so that a foreign group with a reused number differs in session or start.
        return !ProcessStat.All().Any(p =>
            p.Group == group.Id && p.Session == group.Id && p.StartTime >= group.StartTime && p.IsAlive);
    }

    /// <summary>SIGTERM, then after <paramref name="grace"/> SIGKILL, to whoever is left; true once seen empty, false if
    /// processes are left <paramref name="limit"/> after SIGKILL (uninterruptible sleep).</summary>
    internal static async Task<bool> KillAndWaitEmptyAsync(
        ProcessGroup group, TimeSpan grace, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (IsEmpty(group)) return true;
        if (grace > TimeSpan.Zero)
        {
            Kill(group, Posix.SigTerm);
            if (await WaitEmptyAsync(group, grace, cancellationToken)) return true;
        }
        // Again and again: a member that forks while the signal is under way leaves a child that missed it.
        var since = Stopwatch.GetTimestamp();
        do
        {
            Kill(group, Posix.SigKill);
            if (await WaitEmptyAsync(group, LookInterval, cancellationToken)) return true;
        }
        while (Stopwatch.GetElapsedTime(since) < limit);
        return IsEmpty(group);
    }

    private static async Task<bool> WaitEmptyAsync(ProcessGroup group, TimeSpan limit, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while (!IsEmpty(group))
        {
            if (Stopwatch.GetElapsedTime(since) >= limit) return false;
            await Task.Delay(LookInterval, cancellationToken);
        }
        return true;
    }
}

using Drcm.Node.Clock;
using Drcm.Node.Guarding;
using Drcm.Node.Startup;

namespace Drcm.Chaos.Broken;

/// <summary>Looks to the daemon like its guard, and releases nothing.</summary>
internal static class IdleGuard
{
    public const string Verb = "idle-guard";

    /// <summary>A start waits until its table is taken up.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(1);

    public static unsafe int Run(string runDir)
    {
        using var memory = new GuardMemory(runDir, IdentityReader.ReadBootId());
        _ = ProcessLook.TryRead(Environment.ProcessId, out var self);
        var header = memory.Header;
        Volatile.Write(ref header->GuardBeat, MonotonicClock.Now.Ticks);
        Volatile.Write(ref header->GuardStart, self.StartTime);
        Volatile.Write(ref header->GuardId, self.Id);
        while (Directory.Exists(runDir))
        {
            Volatile.Write(ref header->GuardBeat, MonotonicClock.Now.Ticks);
            Volatile.Write(ref header->LoadedNumber, memory.TableNumber);
            Thread.Sleep(Pace);
        }
        return 0;
    }
}

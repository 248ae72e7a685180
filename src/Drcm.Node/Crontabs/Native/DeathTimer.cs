using System.Runtime.InteropServices;

namespace Drcm.Node.Crontabs.Native;

/// <summary>A POSIX timer that kills this process, frozen or not. An exec deletes it. Source: timer_create(2).</summary>
internal static unsafe partial class DeathTimer
{
    private const int ClockBoottime = 7;
    private const int BySignal = 0;
    private const int SigKill = 9;

    /// <param name="after">Not above zero: at once.</param>
    public static void Arm(TimeSpan after)
    {
        var request = new SignalEvent { Signal = SigKill, Notify = BySignal };
        if (Create(ClockBoottime, &request, out var timer) != 0) throw Failed("timer_create");
        // A time of zero would disarm it.
        var ticks = Math.Max(1, after.Ticks);
        var due = new TimerTime
        {
            Seconds = ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
        };
        if (SetTime(timer, 0, &due, null) != 0) throw Failed("timer_settime");
    }

    private static InvalidOperationException Failed(string call) =>
        new($"{call} failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "timer_create", SetLastError = true)]
    private static partial int Create(int clock, SignalEvent* request, out nint timer);

    [LibraryImport("libc", EntryPoint = "timer_settime", SetLastError = true)]
    private static partial int SetTime(nint timer, int flags, TimerTime* due, TimerTime* former);

    /// <summary>struct sigevent, padded to its size.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct SignalEvent
    {
        public nint Value;
        public int Signal;
        public int Notify;
    }

    /// <summary>struct itimerspec: the interval, zero for once, then the time.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimerTime
    {
        public long IntervalSeconds;
        public long IntervalNanoseconds;
        public long Seconds;
        public long Nanoseconds;
    }
}

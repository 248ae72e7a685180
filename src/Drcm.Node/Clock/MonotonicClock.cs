using System.Runtime.InteropServices;

namespace Drcm.Node.Clock;

/// <summary>The time that leases are counted in: CLOCK_MONOTONIC_RAW, which no time daemon slews, plus the time spent in suspend (the
/// difference of CLOCK_BOOTTIME and CLOCK_MONOTONIC), so that a suspended host sees its lease run out (OWNERSHIP, "Words").
/// The same for every process of one boot. Source: clock_gettime(2).</summary>
internal static partial class MonotonicClock
{
    private const int ClockMonotonic = 1;
    private const int ClockMonotonicRaw = 4;
    private const int ClockBoottime = 7;

    /// <summary>The two clocks of the difference are read microseconds apart; only a real suspend, of milliseconds and more, may move it.</summary>
    private static readonly long SuspendTicksLeast = TimeSpan.FromMilliseconds(10).Ticks;

    private static long _suspendedTicks = Suspended.Ticks;

    /// <summary>Never goes back.</summary>
    public static TimeSpan Now
    {
        get
        {
            var known = Volatile.Read(ref _suspendedTicks);
            var suspended = Suspended.Ticks;
            if (suspended - known >= SuspendTicksLeast)
            {
                Interlocked.CompareExchange(ref _suspendedTicks, suspended, known);
                known = suspended;
            }
            return Read(ClockMonotonicRaw) + new TimeSpan(known);
        }
    }

    private static TimeSpan Suspended => Read(ClockBoottime) - Read(ClockMonotonic);

    private static TimeSpan Read(int clock)
    {
        if (ClockGetTime(clock, out var time) != 0)
            throw new InvalidOperationException($"clock_gettime({clock}) failed with errno {Marshal.GetLastPInvokeError()}");
        return new TimeSpan((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick));
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}

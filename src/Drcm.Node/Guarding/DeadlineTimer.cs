using Drcm.Node.Clock;
using Drcm.Node.Guarding.Native;
using Drcm.StateMachine.Guarding;

namespace Drcm.Node.Guarding;

/// <summary>Ends this very process at the deadline, without running any of its code (O17): a timer of the kernel with SIGKILL. Also a stopped process is killed
/// on time. Moved with each renewal, disarmed when the daemon has acknowledged.</summary>
/// <remarks>Source: timer_create(2). On CLOCK_BOOTTIME, which counts time asleep as the lease does; the remaining time is converted at each renewal, and the
/// stop budget contains what slewing can make of it meanwhile. Not thread-safe: one owner.</remarks>
internal sealed unsafe class DeadlineTimer : IDisposable
{
    /// <summary>struct sigevent: 64 bytes; the signal is its third word, the kind of notice its fourth.</summary>
    private const int SignalEventBytes = 64;
    private const int SignalPlace = 2;
    private const int SigKill = 9;

    /// <summary>A deadline that has passed fires at once; zero would disarm.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromTicks(1);

    private readonly nint _timer;

    /// <exception cref="StartupException">The kernel has none left.</exception>
    public DeadlineTimer()
    {
        var notice = stackalloc int[SignalEventBytes / sizeof(int)];
        new Span<int>(notice, SignalEventBytes / sizeof(int)).Clear();
        notice[SignalPlace] = SigKill;
        nint timer;
        if (GuardCalls.CreateTimer(GuardCalls.ClockBoottime, (byte*)notice, &timer) != 0)
            throw new StartupException("the kernel gives no timer", "raise the limit on pending signals (ulimit -i) of the account that runs drcmd");
        _timer = timer;
    }

    public void Follow(GuardOrder order)
    {
        var time = default(GuardCalls.TimerTime);
        if (!order.IsAcknowledged && order.Deadline is { } deadline)
        {
            var left = deadline - MonotonicClock.Now;
            time = GuardCalls.TimerTime.Of(left > AtOnce ? left : AtOnce);
        }
        _ = GuardCalls.SetTimer(_timer, 0, &time, null);
    }

    public void Dispose() => _ = GuardCalls.DeleteTimer(_timer);
}

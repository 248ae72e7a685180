using Drcm.StateMachine.Configuration;

namespace Drcm.Node.Watchdog;

/// <summary>A watchdog of Linux: from its opening on the host resets unless it is fed. Only a close in order stops that; whatever else becomes of this process
/// does not. Allocates nothing.</summary>
internal sealed unsafe class WatchdogDevice
{
    /// <summary>A driver's timeout has to leave room to stop feeding that much earlier.</summary>
    private static readonly TimeSpan TimeoutMax = ReleaseRules.WatchdogTimeout + (ReleaseRules.KillTime / 2);

    /// <summary>Several within the timeout, and not more often than it has a use.</summary>
    private static readonly TimeSpan FeedInterval = TimeSpan.FromMilliseconds(500);

    private int _device = -1;
    private TimeSpan _fedAt;

    public bool IsOpen => _device >= 0;

    /// <summary>What the driver made of <see cref="ReleaseRules.WatchdogTimeout"/>; zero: it knows of no timeouts, and nothing can be said about when it resets.</summary>
    public TimeSpan Timeout { get; private set; }

    /// <summary>How much earlier feeding has to end for the host to be gone in time.</summary>
    public TimeSpan Excess => Timeout > ReleaseRules.WatchdogTimeout ? Timeout - ReleaseRules.WatchdogTimeout : TimeSpan.Zero;

    /// <summary>Opens it and sets its timeout; the host resets from now on unless it is fed.</summary>
    /// <param name="path">Not created if it is missing.</param>
    /// <returns>0, or the error: it is missing, somebody else has it (EBUSY), or its timeout cannot be made short enough (ERANGE).</returns>
    public int Open(byte* path)
    {
        _device = WatchdogCalls.Open(path, WatchdogCalls.WriteOnly | WatchdogCalls.Append | WatchdogCalls.NonBlocking | WatchdogCalls.CloseOnExec, 0);
        if (_device < 0) return WatchdogCalls.LastError;
        _fedAt = TimeSpan.MinValue;
        var seconds = (int)ReleaseRules.WatchdogTimeout.TotalSeconds;
        // A driver may set none, and still tell the one that it has.
        if (WatchdogCalls.Control(_device, WatchdogCalls.SetTimeout, &seconds) != 0
            && WatchdogCalls.Control(_device, WatchdogCalls.GetTimeout, &seconds) != 0) seconds = 0;
        Timeout = TimeSpan.FromSeconds(seconds);
        if (Timeout <= TimeoutMax) return 0;
        Close(isInOrder: true);
        return WatchdogCalls.OutOfRange;
    }

    /// <summary>The host may live on. To be called a few times within the timeout.</summary>
    public void Feed(TimeSpan now)
    {
        if (_device < 0 || (_fedAt != TimeSpan.MinValue && now - _fedAt < FeedInterval)) return;
        byte food = 0;
        if (WatchdogCalls.Write(_device, &food, 1) == 1) _fedAt = now;
    }

    /// <param name="isInOrder">Nothing is held: the watchdog is stopped, if its driver lets that happen. False: the host resets unless another opens and feeds it in time.</param>
    public void Close(bool isInOrder)
    {
        if (_device < 0) return;
        var magic = (byte)'V';
        if (isInOrder) _ = WatchdogCalls.Write(_device, &magic, 1);
        _ = WatchdogCalls.Close(_device);
        _device = -1;
    }
}

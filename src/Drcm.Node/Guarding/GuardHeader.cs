using System.Runtime.InteropServices;

namespace Drcm.Node.Guarding;

/// <summary>The first page of the shared memory, <c>&lt;run-dir&gt;/guard</c>. Each word has one writer and is read and written whole. Times are ticks of
/// <see cref="Clock.MonotonicClock"/>; 0 means none.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GuardHeader
{
    /// <summary>"drcmgar2", little-endian; changes with the layout.</summary>
    public const ulong MagicOfLayout2 = 0x32_72_61_67_6d_63_72_64;

    public const int BootIdBytes = 64;
    public const int WatchdogPathBytes = 256;

    /// <summary><see cref="FenceState"/>: what ends this host is at hand.</summary>
    public const long FenceReady = 1;

    public ulong Magic;

    public fixed byte BootId[BootIdBytes];

    // Written by the daemon.
    public long DaemonId;
    public long DaemonStart;

    /// <summary>Deadline, shifted by one; the lowest bit: acknowledged. One word, so that nobody reads half of an order.</summary>
    public long Order;

    /// <summary>The daemon's loop was at work.</summary>
    public long DaemonBeat;

    /// <summary>L, in ticks: how long the other side may be silent before it counts as frozen.</summary>
    public long Lease;

    /// <summary>1: the daemon ended in order.</summary>
    public long HasLeft;

    /// <summary>S, in ticks; the longest that this boot has seen, so that nothing that was promised under it comes too late.</summary>
    public long StopBudget;

    /// <summary><see cref="StateMachine.Configuration.SelfFence"/>, as a number.</summary>
    public long SelfFence;

    /// <summary>The device, in UTF-8 with a zero behind it.</summary>
    public fixed byte WatchdogPath[WatchdogPathBytes];

    /// <summary>Odd and even numbers take turns in the two places for tables, so that a daemon that dies while it writes leaves the old one whole.</summary>
    public long TableNumber;

    // Written by the guard.
    public long GuardId;
    public long GuardStart;
    public long GuardBeat;

    /// <summary>1: past the deadline, with something left to do.</summary>
    public long IsReleasing;

    /// <summary>Number of the table that it works by.</summary>
    public long LoadedNumber;

    public long ReleasedCount;
    public long ReleasedAt;
    public long DaemonKills;

    /// <summary><see cref="FenceReady"/>; negative: the error, as an errno, for which it cannot be; 0: nothing is asked for, or not looked at yet.</summary>
    public long FenceState;
}

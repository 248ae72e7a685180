using System.Runtime.InteropServices;

namespace Drcm.Node.Guarding;

/// <summary>The first page of the shared memory, <c>&lt;run-dir&gt;/guard</c>. Each word has one writer and is read and written whole. Times are ticks of
/// <see cref="Clock.MonotonicClock"/>; 0 means none.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GuardHeader
{
    /// <summary>"drcmgard", little-endian; changes with the layout.</summary>
    public const ulong MagicOfLayout1 = 0x64_72_61_67_6d_63_72_64;

    public const int BootIdBytes = 64;

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
}

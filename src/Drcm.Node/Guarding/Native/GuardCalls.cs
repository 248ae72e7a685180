using System.Runtime.InteropServices;

namespace Drcm.Node.Guarding.Native;

/// <summary>System calls of the guard and the deadline timer, with pointers throughout: none of them makes the runtime allocate. Each returns -1 on failure,
/// as in C.</summary>
internal static unsafe partial class GuardCalls
{
    internal const int ClockBoottime = 7;
    internal const int Append = 0x400;
    internal const int Create = 0x40;
    internal const int WriteOnly = 1;
    internal const int Enoexec = 8;

    private const int PidFdOpenNumber = 434;
    private const int PidFdSendSignalNumber = 424;
    private const int GetDirectoryEntriesNumber = 217;
    private const int GetDirectoryEntriesNumberArm64 = 61;

    internal static int PidFdOpen(int pid) => (int)SystemCall(PidFdOpenNumber, pid, 0, 0, 0);

    internal static int PidFdSignal(int descriptor, int signal) => (int)SystemCall(PidFdSendSignalNumber, descriptor, signal, 0, 0);

    internal static int ReadDirectory(int descriptor, byte* buffer, int count) => (int)SystemCall(
        RuntimeInformation.ProcessArchitecture == Architecture.X64 ? GetDirectoryEntriesNumber : GetDirectoryEntriesNumberArm64,
        descriptor, (nint)buffer, count, 0);

    [LibraryImport("libc", EntryPoint = "open")]
    internal static partial int Open(byte* path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "read")]
    internal static partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write")]
    internal static partial nint Write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "unlink")]
    internal static partial int Unlink(byte* path);

    /// <summary>0: there is something of that name.</summary>
    [LibraryImport("libc", EntryPoint = "faccessat")]
    internal static partial int Access(int directory, byte* path, int mode, int flags);

    [LibraryImport("libc", EntryPoint = "kill")]
    internal static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    internal static partial int WaitPid(int pid, int* status, int options);

    [LibraryImport("libc", EntryPoint = "mkfifo")]
    internal static partial int MakeFifo(byte* path, uint mode);

    [LibraryImport("libc", EntryPoint = "statx")]
    internal static partial int Status(int directory, byte* path, int flags, uint mask, byte* answer);

    [LibraryImport("libc", EntryPoint = "timerfd_create")]
    internal static partial int TimerDescriptor(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime")]
    internal static partial int SetTimerDescriptor(int descriptor, int flags, TimerTime* time, TimerTime* old);

    [LibraryImport("libc", EntryPoint = "timer_create")]
    internal static partial int CreateTimer(int clock, byte* signalEvent, nint* timer);

    [LibraryImport("libc", EntryPoint = "timer_settime")]
    internal static partial int SetTimer(nint timer, int flags, TimerTime* time, TimerTime* old);

    [LibraryImport("libc", EntryPoint = "timer_delete")]
    internal static partial int DeleteTimer(nint timer);

    [LibraryImport("libc", EntryPoint = "mlockall", SetLastError = true)]
    internal static partial int LockMemory(int flags);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    internal static partial int SetScheduler(int pid, int policy, int* priority);

    [LibraryImport("libc", EntryPoint = "setsid")]
    internal static partial int NewSession();

    [LibraryImport("libc", EntryPoint = "socket")]
    internal static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    internal static partial int SetOption(int socket, int level, int name, byte* value, int length);

    [LibraryImport("libc", EntryPoint = "send")]
    internal static partial nint Send(int socket, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "recv")]
    internal static partial nint Receive(int socket, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "posix_spawn")]
    internal static partial int Spawn(int* pid, byte* path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    internal static partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    internal static partial int AttributesSetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    internal static partial int AttributesSetSigDefault(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    internal static partial int AttributesSetSigMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    internal static partial int ActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    internal static partial int ActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen")]
    internal static partial int ActionsAddOpen(byte* actions, int descriptor, byte* path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    internal static partial int ActionsAddDup2(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np")]
    internal static partial int ActionsAddChdir(byte* actions, byte* path);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    internal static partial int SigFillSet(byte* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    internal static partial int SigEmptySet(byte* signals);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);

    /// <summary>struct itimerspec on a 64-bit system.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TimerTime
    {
        internal long IntervalSeconds;
        internal long IntervalNanoseconds;
        internal long Seconds;
        internal long Nanoseconds;

        internal static TimerTime Of(TimeSpan span) => new()
        {
            Seconds = span.Ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = span.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
        };
    }
}

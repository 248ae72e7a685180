using System.Runtime.InteropServices;

namespace Drcm.Node.Watchdog;

/// <summary>System calls for a watchdog device and the sysrq trigger (Documentation/watchdog/watchdog-api.rst of Linux). Each returns -1 on failure and sets errno.</summary>
internal static unsafe partial class WatchdogCalls
{
    internal const int WriteOnly = 1;

    /// <summary>So that a file which stands in for the device keeps all that is written; a device does not mind.</summary>
    internal const int Append = 0x400;
    internal const int NonBlocking = 0x800;
    internal const int CloseOnExec = 0x80000;
    internal const int MayWrite = 2;

    internal const int NotPermitted = 1;
    internal const int NoSuchDriver = 25;
    internal const int OutOfRange = 34;

    /// <summary>Whole seconds in; what the driver made of them out.</summary>
    internal const nuint SetTimeout = 0xC004_5706;
    internal const nuint GetTimeout = 0x8004_5707;

    internal static int LastError => Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    internal static partial int Open(byte* path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true)]
    internal static partial int Access(byte* path, int mode);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Control(int descriptor, nuint request, int* seconds);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int descriptor, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);
}

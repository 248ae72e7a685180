using System.Globalization;
using System.Runtime.InteropServices;
using Drcm.StateMachine;

namespace Drcm.Node.Crontabs.Native;

/// <summary>Turns this process into the job, so that it is what cron would have started: arguments and environment byte for byte, stdin untouched,
/// signals and limits as they were before the runtime began.</summary>
internal static unsafe partial class JobProcess
{
    private const int SigPipe = 13;
    private const int OpenFiles = 7;

    /// <summary>Variables by which the daemon knows a run that is in progress.</summary>
    public const string ActionVariable = "DRCM_ACTION=cron";

    /// <returns>Only if it fails: why.</returns>
    public static string Become(ResourceId resource, LogIndex token)
    {
        RemoveTraces();
        _ = SetVariable("DRCM_ACTION", "cron", 1);
        _ = SetVariable("DRCM_RESOURCE", resource.ToString(), 1);
        _ = SetVariable("DRCM_TOKEN", token.ToString(), 1);
        _ = SetSignal(SigPipe, 0);
        RestoreOpenFiles();
        fixed (byte* otherwise = "/bin/sh\0"u8, option = "-c\0"u8, command = LastArgument())
        {
            var shell = GetVariable("SHELL");
            if (shell is null || *shell == 0) shell = otherwise;
            byte** arguments = stackalloc byte*[] { shell, option, command, null };
            _ = Execute(shell, arguments);
            return $"{Marshal.PtrToStringUTF8((nint)shell)} cannot be started: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}; correct SHELL in the crontab";
        }
    }

    /// <summary>The command need not be UTF-8, which is all that the runtime hands over.</summary>
    private static byte[] LastArgument()
    {
        var line = File.ReadAllBytes("/proc/self/cmdline");
        var start = line.AsSpan(0, line.Length - 1).LastIndexOf((byte)0) + 1;
        return line[start..];
    }

    /// <summary>The runtime raises the soft limit of open files to the hard one; whoever started this process still has the former.</summary>
    private static void RestoreOpenFiles()
    {
        const int softColumn = 3;
        var parent = $"/proc/{GetParent()}/limits";
        if (!File.Exists(parent)) return;
        var row = File.ReadLines(parent).FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        var words = row?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (words.Length <= softColumn || !ulong.TryParse(words[softColumn], NumberStyles.None, CultureInfo.InvariantCulture, out var soft)) return;
        Limit limit;
        if (GetLimit(OpenFiles, &limit) != 0 || soft >= limit.Soft) return;
        limit.Soft = soft;
        _ = SetLimit(OpenFiles, &limit);
    }

    /// <summary>The runtime's diagnostic socket and pipes would stay, some for each run.</summary>
    private static void RemoveTraces()
    {
        string[] names = [$"dotnet-diagnostic-{Environment.ProcessId}-*", $"clr-debug-pipe-{Environment.ProcessId}-*"];
        foreach (var path in names.SelectMany(n => Directory.EnumerateFiles(Path.GetTempPath(), n)))
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody else's.
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* GetVariable(string name);

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int GetParent();

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetSignal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, Limit* limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, Limit* limit);

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true)]
    private static partial int Execute(byte* path, byte** arguments);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}

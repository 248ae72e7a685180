using System.CommandLine;
using System.Runtime.InteropServices;
using Drcm.Cli.Connection;
using Drcm.Cli.Demo;

namespace Drcm.Cli.Log;

/// <summary><c>drcm log</c> and <c>drcm audit</c> become <c>drcmd</c> with the same words, since only the daemon's program knows the engine's files and SQLite.</summary>
internal static partial class LogCommand
{
    public const string Name = "log";

    public const string AuditName = "audit";

    /// <summary>For the list of commands; the words behind it are the daemon's program's to read.</summary>
    public static Command Create() => new(Name, "verify or inspect the log on this node's disk, offline");

    public static Command CreateAudit() => new(AuditName, "what happened, why, and how long it hurt: timeline, availability, outages, who owned what when");

    /// <summary>Returns only when <c>drcmd</c> could not be started.</summary>
    public static int Become(string[] words)
    {
        string program;
        try
        {
            program = DaemonProgram.Find();
        }
        catch (DemoFailure e)
        {
            Console.Error.WriteLine($"drcm: {e.Message}");
            return ExitCodes.Failed;
        }
        _ = Execute(program, [program, .. words, null]);
        Console.Error.WriteLine($"drcm: {program} cannot be started: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}; see to its mode and owner");
        return ExitCodes.Failed;
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}

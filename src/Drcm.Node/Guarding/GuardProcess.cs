using System.Runtime.InteropServices;
using System.Text;
using Drcm.Node.Clock;
using Drcm.Node.Startup;

namespace Drcm.Node.Guarding;

/// <summary><c>drcmd guard</c>: a process of its own, small, that loads nothing of the daemon's.</summary>
internal static unsafe class GuardProcess
{
    /// <summary>Another guard is there already: that is as good.</summary>
    public const int ExitOther = 3;

    /// <exception cref="StartupException">It cannot start.</exception>
    public static int Run(string[] words)
    {
        if (GuardArguments.Parse(words) is not { } arguments)
        {
            Console.Out.WriteLine(GuardArguments.Usage);
            return 0;
        }
        _ = Native.GuardCalls.NewSession();
        using var instance = TakeLock(arguments.RunDir);
        if (instance is null) return ExitOther;
        using var memory = Open(arguments.RunDir);
        using var log = new GuardLog();
        using var loop = new GuardLoop(memory, arguments.RunDir, log, arguments.Stays);
        using var end = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            loop.End();
        });
        GuardWarming.Run();
        var refused = GuardPrivileges.Take();
        loop.Prepare();
        Introduce(memory);
        log.Begin("guard "u8).Add(Environment.ProcessId).Add(" of "u8).Add(Encoding.UTF8.GetBytes(arguments.RunDir)).End();
        if (refused.Length > 0) log.Begin("not allowed here: "u8).Add(Encoding.UTF8.GetBytes(refused)).End();
        loop.Run();
        log.Begin("guard "u8).Add(Environment.ProcessId).Add(" ends"u8).End();
        return 0;
    }

    private static FileStream? TakeLock(string runDir)
    {
        try
        {
            return new FileStream(Path.Combine(runDir, "guard.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (Directory.Exists(runDir))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotUse(runDir, e);
        }
    }

    private static GuardMemory Open(string runDir)
    {
        try
        {
            return new GuardMemory(runDir, IdentityReader.ReadBootId());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotUse(runDir, e);
        }
    }

    private static StartupException CannotUse(string runDir, Exception e) =>
        new($"the guard cannot use the run directory {runDir}: {e.Message}", "name the run_dir of cm.cfg with --run-dir, and run it as the account of drcmd", e);

    /// <summary>Beat first: whoever sees the name sees it alive.</summary>
    private static void Introduce(GuardMemory memory)
    {
        _ = ProcessLook.TryRead(Environment.ProcessId, out var self);
        Volatile.Write(ref memory.Header->GuardBeat, MonotonicClock.Now.Ticks);
        Volatile.Write(ref memory.Header->IsReleasing, 0);
        Volatile.Write(ref memory.Header->GuardStart, self.StartTime);
        Volatile.Write(ref memory.Header->GuardId, self.Id);
    }
}

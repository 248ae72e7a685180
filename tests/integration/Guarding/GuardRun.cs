using System.Diagnostics;
using System.Text;
using Drcm.Integration.Tests.Scripts;
using Drcm.Node.Guarding;
using Drcm.Node.Startup;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Guarding;

namespace Drcm.Integration.Tests.Guarding;

/// <summary>A real guard with a run directory of its own. The daemon that it watches over is a sleeping shell, and the test writes what a daemon would.</summary>
internal sealed class GuardRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);

    private readonly TemporaryDirectory _directory = new();
    private readonly Process _daemon = Process.Start(new ProcessStartInfo("/bin/sleep", "600"))!;

    public unsafe GuardRun()
    {
        Memory = new GuardMemory(_directory.Root, IdentityReader.ReadBootId());
        Memory.Header->Lease = TimeSpan.FromSeconds(1).Ticks;
        _ = ProcessLook.TryRead(_daemon.Id, out var look);
        Memory.Header->DaemonStart = look.StartTime;
        Memory.Header->DaemonId = look.Id;
    }

    public GuardMemory Memory { get; }

    public string RunDir => _directory.Root;

    public bool IsDaemonAlive => !_daemon.HasExited;

    public unsafe int GuardId => (int)Volatile.Read(ref Memory.Header->GuardId);

    public unsafe bool IsGuardAlive => GroupKiller.IsSame(GuardId, Memory.Header->GuardStart);

    public unsafe long ReleasedCount => Volatile.Read(ref Memory.Header->ReleasedCount);

    public unsafe long Beat => Volatile.Read(ref Memory.Header->GuardBeat);

    public unsafe long FenceState => Volatile.Read(ref Memory.Header->FenceState);

    public string Said => File.Exists(Path.Combine(RunDir, "guard.log")) ? File.ReadAllText(Path.Combine(RunDir, "guard.log")) : "";

    public string this[string name] => _directory[name];

    public string WriteScript(string name, string text) => _directory.Write(name, $"#!/bin/sh\n{text}\n", isProgram: true);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var problem = GuardStarter.Start(RunDir);
        if (problem.Length > 0) throw new InvalidOperationException(problem);
        await UntilAsync("the guard is there", () => IsGuardAlive, cancellationToken);
    }

    /// <summary>Before the guard starts.</summary>
    public unsafe void Ask(SelfFence kind, string watchdog)
    {
        Encoding.UTF8.GetBytes(watchdog, new Span<byte>(Memory.Header->WatchdogPath, GuardHeader.WatchdogPathBytes));
        Volatile.Write(ref Memory.Header->SelfFence, (long)kind);
    }

    public void List(params ReleaseEntry[] entries) => Memory.Write(new GuardTableWriter().Write(entries));

    public void Give(GuardOrder order)
    {
        Memory.Write(order);
        using var wake = new GuardWake(RunDir);
        wake.Ring();
    }

    public void KillDaemon() => _daemon.Kill();

    /// <summary>The daemon ends in order.</summary>
    public unsafe void Leave()
    {
        Volatile.Write(ref Memory.Header->HasLeft, 1);
        using var wake = new GuardWake(RunDir);
        wake.Ring();
    }

    public async Task UntilAsync(string what, Func<bool> holds, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while (!holds())
        {
            if (Stopwatch.GetElapsedTime(since) > Patience) throw new TimeoutException($"not within {Patience.TotalSeconds} s: {what}; the guard said:\n{Said}");
            await Task.Delay(Pace, cancellationToken);
        }
    }

    /// <summary>The guard ends because its directory is gone.</summary>
    public void Dispose()
    {
        if (!_daemon.HasExited) _daemon.Kill();
        _daemon.Dispose();
        _directory.Dispose();
        Memory.Dispose();
    }
}

using System.Diagnostics;
using System.Runtime.InteropServices;
using Drcm.Node.Scripts.Native;

namespace Drcm.Node.Scripts;

/// <summary>One run: start, wait, read, kill. Synchronous, on the runner's thread.</summary>
internal sealed unsafe class ScriptRun(ScriptCall call, ScriptRunnerOptions options) : IDisposable
{
    /// <summary>Between looks where the kernel has no descriptor for a process.</summary>
    private const int LookMilliseconds = 10;

    private readonly ScriptOutput _output = new();
    private readonly long _since = Stopwatch.GetTimestamp();
    private int _wake = -1;
    private int _process = -1;
    private OutputPipe? _pipe;
    private HeldStart? _hold;

    private enum Phase
    {
        Running,
        Terminating,
        Killing,
    }

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_since);

    internal ScriptResult Execute(CancellationToken cancellationToken)
    {
        UnreapedChildren.Reap();
        if (LaunchPlan.Make(call, out var problem) is not { } plan) return ScriptResult.NotStarted(problem, Elapsed);
        _pipe = OutputPipe.Open(plan.Owner, out problem);
        if (_pipe is null) return ScriptResult.NotStarted(problem, Elapsed);
        if (call.IsAcquirer && (_hold = HeldStart.Open(out problem)) is null) return ScriptResult.NotStarted(problem, Elapsed);
        if (cancellationToken.IsCancellationRequested)
            return ScriptResult.NotStarted("cancelled before it was started", Elapsed) with { Killed = true };
        using var input = InputPipe.Open(call.Input, out problem);
        if (input is null) return ScriptResult.NotStarted(problem, Elapsed);
        var error = Start(plan, input.Theirs, out var pid);
        if (error != 0) return ScriptResult.NotStarted(Explain(plan, error), Elapsed);

        // The child is not reaped before the end of the run, so its number stays its own until then.
        var group = ProcessGroups.OfLeader(pid) ?? new ProcessGroup(pid, 0);
        call.OnStarted?.Invoke(group);
        _hold?.Release();
        _process = Posix.PidFdOpen(pid);
        _wake = Posix.EventFd(0, Posix.CloseOnExec | Posix.NonBlocking);
        using var registration = cancellationToken.Register(Wake);
        return Watch(group, cancellationToken);
    }

    public void Dispose()
    {
        _pipe?.Dispose();
        _hold?.Dispose();
        if (_process != -1) _ = Posix.Close(_process);
        if (_wake != -1) _ = Posix.Close(_wake);
    }

    private int Start(LaunchPlan plan, int input, out int pid)
    {
        if (_hold is not null) return StartHeld(plan, input, out pid);
        var error = Spawn.Start(plan.Path, plan.Arguments, plan.Environment, plan.WorkingDirectory, _pipe!.Theirs, out pid, input: input);
        if (error != Posix.Enoexec) return error;
        // No "#!" line: a shell would run it itself, and scripts of old relied on it.
        return Spawn.Start(
            "/bin/sh", ["sh", plan.Path, .. plan.Arguments.Skip(1)], plan.Environment, plan.WorkingDirectory, _pipe.Theirs, out pid, input: input);
    }

    /// <summary>The shell would report what cannot be executed in words of its own.</summary>
    private int StartHeld(LaunchPlan plan, int input, out int pid)
    {
        pid = 0;
        if (Posix.Access(plan.Path, Posix.MayExecute) != 0) return Marshal.GetLastPInvokeError();
        var held = HeldStart.Wrap(plan);
        return Spawn.Start(held.Path, held.Arguments, held.Environment, held.WorkingDirectory, _pipe!.Theirs, out pid, _hold!.Theirs, input);
    }

    private ScriptResult Watch(ProcessGroup group, CancellationToken cancellationToken)
    {
        var phase = Phase.Running;
        var phaseEnd = call.Timeout;
        var isTimedOut = false;
        var hasEnded = false;
        while (true)
        {
            if (phase == Phase.Running)
                Wait(phaseEnd - Elapsed, _process, _wake);
            else
                Wait(TimeSpan.FromMilliseconds(LookMilliseconds), hasEnded ? -1 : _process, -1);
            _pipe!.Drain(_output, ScriptOutput.BytesMax);
            hasEnded = hasEnded || HasEnded(group.Id);
            if (hasEnded && (phase == Phase.Running || ProcessGroups.IsEmpty(group))) break;
            if (phase == Phase.Running)
            {
                if (!cancellationToken.IsCancellationRequested && Elapsed < phaseEnd) continue;
                isTimedOut = !cancellationToken.IsCancellationRequested;
                if (call.IsAcquirer && !isTimedOut)
                {
                    (phase, phaseEnd) = (Phase.Killing, Elapsed + options.DeathLimit);
                }
                else
                {
                    _ = Posix.Kill(-group.Id, Posix.SigTerm);
                    (phase, phaseEnd) = (Phase.Terminating, Elapsed + (call.Grace ?? options.Grace));
                }
            }
            else if (phase == Phase.Terminating && Elapsed >= phaseEnd)
            {
                (phase, phaseEnd) = (Phase.Killing, Elapsed + options.DeathLimit);
            }
            else if (phase == Phase.Killing && Elapsed >= phaseEnd)
            {
                break;
            }
            // In every look: a member that forks while the signal is under way leaves a child that missed it.
            if (phase == Phase.Killing) _ = Posix.Kill(-group.Id, Posix.SigKill);
        }
        var isEmpty = phase == Phase.Running || ProcessGroups.IsEmpty(group);
        _pipe.Drain(_output, ScriptOutput.BytesMax);
        int? exitCode = Posix.TryReap(group.Id, out var reaped) ? Posix.ExitCode(reaped) : null;
        if (exitCode is null) UnreapedChildren.Add(group.Id);
        return new ScriptResult(exitCode, isTimedOut, phase != Phase.Running, _output.ToString(), Elapsed)
        {
            IsGroupEmptyAfterKill = isEmpty,
        };
    }

    /// <summary>Until output comes, the process ends, the caller cancels, or the time is over.</summary>
    private void Wait(TimeSpan limit, int process, int wake)
    {
        if (_process == -1) limit = TimeSpan.FromMilliseconds(Math.Min(limit.TotalMilliseconds, LookMilliseconds));
        var milliseconds = (int)Math.Clamp(Math.Ceiling(limit.TotalMilliseconds), 0, int.MaxValue);
        var descriptors = stackalloc Posix.PollFd[3];
        descriptors[0] = new Posix.PollFd { Descriptor = _pipe!.Ours, Events = Posix.PollIn };
        descriptors[1] = new Posix.PollFd { Descriptor = process, Events = Posix.PollIn };
        descriptors[2] = new Posix.PollFd { Descriptor = wake, Events = Posix.PollIn };
        _ = Posix.Poll(descriptors, 3, milliseconds);
    }

    private static bool HasEnded(int pid) => ProcessStat.Of(pid) is not { IsAlive: true };

    private void Wake()
    {
        ulong one = 1;
        _ = Posix.Write(_wake, (byte*)&one, sizeof(ulong));
    }

    private static string Explain(LaunchPlan plan, int error) => error switch
    {
        Posix.Eacces => $"{plan.Path} may not be executed; chmod 755 it, and look for a noexec mount",
        Posix.Enoent or Posix.Enotdir => $"{plan.Path} cannot be started: its interpreter (the #! line) does not exist; correct it",
        _ => $"{plan.Path} cannot be started: {Posix.Describe(error)}",
    };
}

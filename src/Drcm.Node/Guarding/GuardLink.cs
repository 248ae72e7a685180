using Drcm.Node.Actions;
using Drcm.Node.Clock;
using Drcm.Node.Scripts;
using Drcm.Node.Scripts.Native;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Guarding;
using Drcm.StateMachine.Reconciliation;

namespace Drcm.Node.Guarding;

/// <summary>The daemon's side of the guard: tells it, in shared memory, what is to be released and by when, and has itself killed by a timer of the kernel should it
/// outlive that (O16, O17). What it writes is in force when the call returns.</summary>
internal sealed unsafe class GuardLink : IDisposable
{
    private readonly Lock _lock = new();
    private readonly GuardMemory _memory;
    private readonly GuardWake _wake;
    private readonly DeadlineTimer _timer = new();
    private readonly ReleaseEntries _entries;
    private readonly GuardTableWriter _writer = new();
    private readonly NodeId _self;
    private RunTable _running;
    private SelfFence _selfFence;

    /// <param name="adopted">What an earlier daemon left: listed before anything else happens.</param>
    /// <exception cref="StartupException">The run directory does not take it.</exception>
    public GuardLink(string runDir, string bootId, NodeId self, StartedGroups groups, RunTable adopted, ClusterDefinition definition, string watchdog)
    {
        RunDir = runDir;
        _self = self;
        _entries = new ReleaseEntries(self, groups);
        _running = adopted;
        try
        {
            _memory = new GuardMemory(runDir, bootId);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"cannot share memory with the guard: {e.Message}", $"give {runDir} to the account that runs drcmd, and see that it is not full", e);
        }
        _wake = new GuardWake(runDir);
        Attach(watchdog);
        Follow(definition);
        groups.Changed = WriteTable;
    }

    public string RunDir { get; }

    public GuardMemory Memory => _memory;

    /// <summary>L: how long either side may be silent before the other takes it for frozen.</summary>
    public TimeSpan Lease => new(Volatile.Read(ref _memory.Header->Lease));

    /// <summary>The last table fitted into the memory; what does not fit is not guarded.</summary>
    public bool IsTableComplete { get; private set; }

    /// <summary>The definition in force.</summary>
    public void Follow(ClusterDefinition definition)
    {
        Volatile.Write(ref _memory.Header->Lease, definition.Timing.Lease.Ticks);
        if (definition.Timing.StopBudget.Ticks > _memory.Header->StopBudget) Volatile.Write(ref _memory.Header->StopBudget, definition.Timing.StopBudget.Ticks);
        lock (_lock) _selfFence = ReleaseRules.SelfFenceOf(definition, _self);
        WriteTable();
    }

    /// <summary>Why a start has to fail: the others will count on this host ending itself, and it could not. Empty: it may go on.</summary>
    public string WhyNot(ResourceDefinition resource)
    {
        if (ReleaseRules.BudgetOf(resource, (SelfFence)_memory.Header->SelfFence) == TimeSpan.Zero) return "";
        return FenceProblem is { Length: > 0 } problem ? $"self_fence cannot be carried out on this host: {problem}" : "";
    }

    /// <summary>Why <c>self_fence</c> cannot be carried out here; empty: it can, or is not asked for.</summary>
    public string FenceProblem
    {
        get
        {
            var asked = (SelfFence)_memory.Header->SelfFence;
            var state = Volatile.Read(ref _memory.Header->FenceState);
            if (asked == SelfFence.Off || state == GuardHeader.FenceReady) return "";
            var means = asked == SelfFence.Watchdog ? System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)_memory.Header->WatchdogPath) : "sysrq";
            return $"{means}: {(state < 0 ? Posix.Describe((int)-state) : "the guard has not opened it yet")}";
        }
    }

    /// <summary>By the loop's thread alone.</summary>
    public void Give(GuardOrder order)
    {
        var before = _memory.Order;
        _timer.Follow(order);
        _memory.Write(order);
        // It looks by itself when the deadline that it knows has come; only an earlier one, or the end of a release, cannot wait.
        if (order.Deadline < before.Deadline || (before.IsAcknowledged && !order.IsAcknowledged)) _wake.Ring();
    }

    /// <summary>What runs here or may run, before the action that makes it so.</summary>
    public void Write(RunTable running)
    {
        lock (_lock) _running = running;
        WriteTable();
    }

    /// <summary>The loop is at work.</summary>
    public void Beat(TimeSpan now) => Volatile.Write(ref _memory.Header->DaemonBeat, now.Ticks);

    /// <summary>The daemon ends in order. With nothing left, its guard ends as well.</summary>
    public void Leave()
    {
        Volatile.Write(ref _memory.Header->HasLeft, 1);
        _wake.Ring();
    }

    public void Dispose()
    {
        _timer.Dispose();
        _wake.Dispose();
        _memory.Dispose();
    }

    /// <summary>Acknowledged first: nothing acquires in this daemon yet, and the order that is there is of an earlier one, maybe past its deadline.</summary>
    private void Attach(string watchdog)
    {
        _memory.Write(_memory.Order with { IsAcknowledged = true });
        var path = new Span<byte>(_memory.Header->WatchdogPath, GuardHeader.WatchdogPathBytes);
        path.Clear();
        _ = System.Text.Encoding.UTF8.TryGetBytes(watchdog, path[..^1], out _);
        Beat(MonotonicClock.Now);
        _ = ProcessLook.TryRead(Environment.ProcessId, out var self);
        Volatile.Write(ref _memory.Header->DaemonStart, self.StartTime);
        Volatile.Write(ref _memory.Header->DaemonId, self.Id);
        Volatile.Write(ref _memory.Header->HasLeft, 0);
    }

    private void WriteTable()
    {
        lock (_lock)
        {
            var entries = _entries.Of(_running);
            var table = _writer.Write(entries);
            IsTableComplete = table.Length > 0;
            if (IsTableComplete) _memory.Write(table);
            // What was started under it may be taken over on the strength of it: it is given up only when nothing is listed any more.
            if (_selfFence != SelfFence.Off || entries.Count == 0) Volatile.Write(ref _memory.Header->SelfFence, (long)_selfFence);
        }
        _wake.Ring();
    }
}

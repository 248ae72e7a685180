using Drcm.Node.Actions;
using Drcm.Node.Clock;
using Drcm.Node.Scripts;
using Drcm.StateMachine;
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
    private RunTable _running;

    /// <param name="adopted">What an earlier daemon left: listed before anything else happens.</param>
    /// <exception cref="StartupException">The run directory does not take it.</exception>
    public GuardLink(string runDir, string bootId, NodeId self, StartedGroups groups, RunTable adopted, TimeSpan lease)
    {
        RunDir = runDir;
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
        Attach(lease);
        WriteTable();
        groups.Changed = WriteTable;
    }

    public string RunDir { get; }

    public GuardMemory Memory => _memory;

    /// <summary>L: how long either side may be silent before the other takes it for frozen.</summary>
    public TimeSpan Lease
    {
        get => new(Volatile.Read(ref _memory.Header->Lease));
        set => Volatile.Write(ref _memory.Header->Lease, value.Ticks);
    }

    /// <summary>The last table fitted into the memory; what does not fit is not guarded.</summary>
    public bool IsTableComplete { get; private set; }

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
    private void Attach(TimeSpan lease)
    {
        _memory.Write(_memory.Order with { IsAcknowledged = true });
        Lease = lease;
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
            var table = _writer.Write(_entries.Of(_running));
            IsTableComplete = table.Length > 0;
            if (IsTableComplete) _memory.Write(table);
        }
        _wake.Ring();
    }
}

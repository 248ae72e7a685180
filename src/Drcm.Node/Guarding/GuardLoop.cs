using System.Runtime.InteropServices;
using Drcm.Node.Clock;
using Drcm.Node.Guarding.Native;
using Drcm.Node.Scripts.Native;
using Drcm.Node.Watchdog;
using Drcm.StateMachine.Guarding;

namespace Drcm.Node.Guarding;

/// <summary>The guard's one thread: sleeps until the deadline that it knows of, looks whether it has moved, and does what its core says. Woken by a byte in a
/// FIFO when the daemon has a new table or brings the deadline forward. Allocates nothing.</summary>
internal sealed unsafe class GuardLoop : IDisposable
{
    /// <summary>In the run directory; a byte in it wakes the guard.</summary>
    public const string WakeName = "guard.wake";

    /// <summary>Beats within the silence that counts as frozen.</summary>
    private const int BeatsPerLease = 4;

    private const int BufferBytes = 256;
    private const int EmptyPath = 0x1000;
    private const uint LinkCount = 4;
    private const int LinkCountPlace = 16;

    /// <summary>Within the least silence that counts as frozen (<see cref="GuardWatch"/>), as often as within a lease.</summary>
    private static readonly TimeSpan BeatLeast = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan BeatMax = TimeSpan.FromSeconds(1);

    private readonly GuardMemory _memory;
    private readonly GuardLog _log;
    private readonly bool _stays;
    private readonly GuardTable _table = new();
    private readonly StopScripts _scripts = new();
    private readonly GuardCore _core = new(GuardTable.EntriesMax, GuardRules.All);
    private readonly GuardEffects _effects;
    private readonly HostFence _fence;
    private readonly int _timer;
    private readonly int _wake;
    private readonly byte* _buffer = (byte*)NativeMemory.AllocZeroed(BufferBytes);
    private readonly bool[] _isSaid = new bool[GuardTable.EntriesMax];
    private long _loaded = -1;
    private TimeSpan? _deadline;
    private volatile bool _isEnding;

    /// <param name="stays">Does not end with its daemon: it has a unit of its own.</param>
    public GuardLoop(GuardMemory memory, string runDir, GuardLog log, bool stays)
    {
        _memory = memory;
        _log = log;
        _stays = stays;
        _fence = new HostFence(memory, log);
        _effects = new GuardEffects(memory, _table, _scripts, _fence, log);
        _timer = GuardCalls.TimerDescriptor(GuardCalls.ClockBoottime, Posix.CloseOnExec | Posix.NonBlocking);
        _wake = OpenWake(Path.Combine(runDir, WakeName));
        if (_timer < 0 || _wake < 0) throw new StartupException($"the guard cannot make its timer or {WakeName} in {runDir}", "see that it may write there");
    }

    /// <summary>Until it is told to end, the run directory is gone, or the daemon has ended in order and left nothing.</summary>
    public void Run()
    {
        while (!_isEnding && !IsOver())
        {
            Step(MonotonicClock.Now);
            Wait();
        }
        Load();
        _fence.Leave(_core.HoldsNothing);
    }

    /// <summary>From any thread: <see cref="Run"/> returns.</summary>
    public void End()
    {
        _isEnding = true;
        byte one = 1;
        _ = GuardCalls.Write(_wake, &one, 1);
    }

    /// <summary>Has what ends this host at hand, before anybody relies on it.</summary>
    public void Prepare() => _ = _fence.Follow();

    /// <summary>One round without the sleep.</summary>
    public void Step(TimeSpan now)
    {
        var header = _memory.Header;
        Volatile.Write(ref header->GuardBeat, now.Ticks);
        if (_fence.Follow()) SetLimits();
        Load();
        var order = _memory.Order;
        if (order.Deadline != _deadline) Renew(order);
        _effects.Now = now;
        _effects.LeavesScripts = order.IsAcknowledged && now.Ticks - Volatile.Read(ref header->DaemonBeat) <= header->Lease
            && GroupKiller.IsSame((int)header->DaemonId, header->DaemonStart);
        _core.Step(now, order, _effects);
        if (!_core.IsOverdue) _fence.Feed(now);
        if (order.Deadline is { } deadline && now >= deadline) Tell(now - deadline);
        Volatile.Write(ref header->IsReleasing, _core.IsReleasing ? 1 : 0);
    }

    public void Dispose()
    {
        _ = GuardCalls.Close(_timer);
        _ = GuardCalls.Close(_wake);
        NativeMemory.Free(_buffer);
        _table.Dispose();
        _scripts.Dispose();
        _fence.Dispose();
    }

    private void Load()
    {
        var number = _memory.TableNumber;
        while (number != _loaded)
        {
            if (_table.TryLoad(_memory, number))
            {
                _scripts.Follow(_table);
                _core.Load(_table.Count);
                SetLimits();
                Array.Clear(_isSaid);
                _loaded = number;
                Volatile.Write(ref _memory.Header->LoadedNumber, number);
            }
            number = _memory.TableNumber;
        }
    }

    private void SetLimits()
    {
        var stopBudget = new TimeSpan(Volatile.Read(ref _memory.Header->StopBudget));
        for (var i = 0; i < _table.Count; i++)
        {
            var limit = TimeSpan.FromMilliseconds(_table[i].LimitMilliseconds);
            _core.Limit(i, _fence.IsOn && limit > TimeSpan.Zero ? ReleaseSchedule.AfterDeadline(limit - _fence.Excess, stopBudget) : TimeSpan.MaxValue);
        }
    }

    private void Renew(GuardOrder order)
    {
        _deadline = order.Deadline;
        _effects.Renew();
        Array.Clear(_isSaid);
    }

    private void Tell(TimeSpan late)
    {
        for (var i = 0; i < _table.Count; i++)
        {
            if (_isSaid[i] || !_core.IsGone(i)) continue;
            _isSaid[i] = true;
            _memory.Header->ReleasedCount++;
            _memory.Header->ReleasedAt = _effects.Now.Ticks;
            _log.Begin("released "u8).Add(_table[i].Resource).Add(", "u8).Add((long)late.TotalMilliseconds).Add(" ms after the deadline"u8).End();
        }
    }

    private bool IsOver()
    {
        // Our own file has no name any more: the run directory was removed, and whatever is there now is somebody else's.
        *_buffer = 0;
        if (GuardCalls.Status((int)_memory.Handle.DangerousGetHandle(), _buffer, EmptyPath, LinkCount, _buffer) == 0
            && System.Runtime.CompilerServices.Unsafe.ReadUnaligned<int>(_buffer + LinkCountPlace) == 0) return true;
        return !_stays && Volatile.Read(ref _memory.Header->HasLeft) != 0 && _memory.TableNumber == _loaded && _table.Count == 0;
    }

    private void Wait()
    {
        var lease = new TimeSpan(Volatile.Read(ref _memory.Header->Lease));
        var beat = lease / BeatsPerLease;
        if (beat < BeatLeast) beat = BeatLeast;
        if (beat > BeatMax || lease == TimeSpan.Zero) beat = BeatMax;
        var left = _core.NextWake == TimeSpan.MaxValue ? beat : _core.NextWake - MonotonicClock.Now;
        if (left > beat) left = beat;
        if (left <= TimeSpan.Zero) return;
        var time = GuardCalls.TimerTime.Of(left);
        _ = GuardCalls.SetTimerDescriptor(_timer, 0, &time, null);
        var descriptors = stackalloc Posix.PollFd[2];
        descriptors[0] = new Posix.PollFd { Descriptor = _timer, Events = Posix.PollIn };
        descriptors[1] = new Posix.PollFd { Descriptor = _wake, Events = Posix.PollIn };
        _ = Posix.Poll(descriptors, 2, -1);
        _ = GuardCalls.Read(_timer, _buffer, BufferBytes);
        _ = GuardCalls.Read(_wake, _buffer, BufferBytes);
    }

    /// <summary>Open for both ends, so that it never reads as ended.</summary>
    private static int OpenWake(string path)
    {
        const uint ownerOnly = 0x180;
        var name = (byte*)Marshal.StringToCoTaskMemUTF8(path);
        _ = GuardCalls.MakeFifo(name, ownerOnly);
        var wake = GuardCalls.Open(name, Posix.ReadWrite | Posix.NonBlocking | Posix.CloseOnExec, 0);
        Marshal.FreeCoTaskMem((nint)name);
        return wake;
    }
}

using System.Runtime.InteropServices;
using Drcm.Node.Guarding;
using Drcm.StateMachine.Configuration;

namespace Drcm.Node.Watchdog;

/// <summary><c>self_fence</c> on this host, for the guard: makes ready what the daemon asks for, keeps the host alive while nothing is overdue, and ends it when
/// something is (O19). Allocates nothing after its construction.</summary>
internal sealed unsafe class HostFence(GuardMemory memory, GuardLog log) : IDisposable
{
    private readonly WatchdogDevice _device = new();
    private readonly SysrqTrigger _sysrq = new();
    private SelfFence _kind;
    private int _error;

    /// <summary>What of an entry's time the means in use takes beyond what the log counts on.</summary>
    public TimeSpan Excess => _device.Excess;

    public bool IsOn => _kind != SelfFence.Off;

    /// <summary>What the daemon asks for; what could not be made ready is tried again, and said when its reason changes.</summary>
    /// <returns>Limits have to be set anew.</returns>
    public bool Follow()
    {
        var kind = (SelfFence)Volatile.Read(ref memory.Header->SelfFence);
        var isNew = kind != _kind;
        if (isNew)
        {
            _device.Close(isInOrder: true);
            _kind = kind;
            _error = 0;
        }
        var error = _kind switch
        {
            SelfFence.Watchdog => _device.IsOpen ? 0 : Open(),
            SelfFence.Sysrq => _sysrq.Error,
            SelfFence.Off => 0,
        };
        if (error != 0 && error != _error) Refuse(error);
        var isReady = error == 0 && (isNew || _error != 0);
        _error = error;
        Volatile.Write(ref memory.Header->FenceState, error != 0 ? -error : IsOn ? GuardHeader.FenceReady : 0);
        return isNew || isReady;
    }

    /// <summary>Nothing is overdue.</summary>
    public void Feed(TimeSpan now) => _device.Feed(now);

    /// <summary>Something is: a watchdog is left hungry, the kernel is told.</summary>
    public void End()
    {
        if (_kind == SelfFence.Sysrq) _sysrq.Reset();
    }

    /// <param name="isNothingHeld">False: a watchdog goes on, and resets this host unless the next guard feeds it in time.</param>
    public void Leave(bool isNothingHeld)
    {
        if (_device.IsOpen && !isNothingHeld) log.Begin("the watchdog goes on, for something is held here: this host resets unless another guard is there in time"u8).End();
        _device.Close(isNothingHeld);
    }

    public void Dispose() => _sysrq.Dispose();

    private int Open()
    {
        var error = _device.Open(memory.Header->WatchdogPath);
        if (error != 0) return error;
        log.Begin("the watchdog "u8).Add(memory.Header->WatchdogPath);
        if (_device.Timeout > TimeSpan.Zero) log.Add(" resets this host when it is not fed for "u8).Add((long)_device.Timeout.TotalSeconds).Add(" s"u8).End();
        else log.Add(" knows of no timeout: when it resets this host is its own affair"u8).End();
        return 0;
    }

    private void Refuse(int error)
    {
        log.Begin("self_fence cannot be carried out: "u8);
        if (_kind == SelfFence.Watchdog) log.Add(memory.Header->WatchdogPath).Add(": error "u8).Add(error).End();
        else log.Add("sysrq: error "u8).Add(error).Add(error == WatchdogCalls.NotPermitted ? " (not seen to be in the machine's own namespaces)"u8 : ""u8).End();
    }
}

using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Guarding;
using Drcm.StateMachine.Reconciliation;

namespace Drcm.Simulation.Cluster;

/// <summary>The guard of a host: the real core, on a pretended kernel. It reads what the daemon wrote into the memory that they share, which outlives both.</summary>
internal sealed class WorldGuard(World world, WorldHost host) : IGuardEffects
{
    private const int EntriesMax = 64;

    private GuardCore _core = new(EntriesMax, world.Rules.Guard);
    private ResourceDefinition[] _table = [];
    private bool _isTableNew;
    private TimeSpan _frozenUntil;
    private TimeSpan _frozenAt;
    private TimeSpan _restartAt;
    private long _lastActionId;

    /// <summary>The host's watchdog was fed then; null: nobody has begun to.</summary>
    private TimeSpan? _fedAt;

    private SelfFence SelfFence => ReleaseRules.SelfFenceOf(world.Definition, host.Id);

    /// <summary>The host's watchdog resets it. It stands still while the whole host does.</summary>
    public bool IsHungry => _fedAt is { } at && world.Now - at >= ReleaseRules.WatchdogTimeout;

    public void WakeWatchdog()
    {
        if (_fedAt is not null) _fedAt = world.Now;
    }

    /// <summary>Killed or frozen.</summary>
    public bool IsOutOfAction => IsFrozen || IsGone;

    /// <summary>Killed, and not yet replaced.</summary>
    public bool IsGone => world.Now < _restartAt;

    private bool IsFrozen => world.Now < _frozenUntil;

    public void Freeze(TimeSpan duration)
    {
        if (IsGone) return;
        if (!IsFrozen) _frozenAt = world.Now;
        _frozenUntil = world.Now + duration;
        world.Say($"{host.Id} guard frozen for {duration.TotalMilliseconds} ms");
    }

    /// <summary>Whoever supervises it replaces it.</summary>
    public void Kill(TimeSpan until)
    {
        _frozenUntil = TimeSpan.Zero;
        _restartAt = world.Now + until;
        _core = new GuardCore(EntriesMax, world.Rules.Guard);
        _isTableNew = true;
        world.Say($"{host.Id} guard killed for {until.TotalMilliseconds} ms");
    }

    /// <summary>A daemon that is well replaces a guard that has not moved for a lease.</summary>
    public void ReplaceIfStuck(TimeSpan patience)
    {
        if (IsFrozen && world.Now - _frozenAt > patience) Kill(TimeSpan.FromMilliseconds(60));
    }

    public void LosePower()
    {
        _table = [];
        _fedAt = null;
        Kill(TimeSpan.Zero);
    }

    public void Heal()
    {
        _frozenUntil = TimeSpan.Zero;
        _restartAt = TimeSpan.Zero;
    }

    /// <summary>What runs or may run here; the daemon writes it before it begins.</summary>
    public void Load(RunTable table)
    {
        _table = [.. table.Entries.Select(e => e.Definition ?? world.Definition.Resources.FirstOrDefault(r => r.Id == e.Slot.Resource)).OfType<ResourceDefinition>().Where(r => r.IsExclusive)];
        _isTableNew = true;
    }

    public void Advance()
    {
        if (IsOutOfAction || !world.Rules.HasGuard) return;
        if (_isTableNew) LoadCore();
        if (_isTableNew || host.IsOrderNew || host.Clock >= _core.NextWake) _core.Step(host.Clock, host.Order, this);
        _isTableNew = host.IsOrderNew = false;
        if (SelfFence == SelfFence.Watchdog && !_core.IsOverdue) _fedAt = world.Now;
    }

    private void LoadCore()
    {
        _core.Load(_table.Length);
        if (SelfFence == SelfFence.Off) return;
        for (var i = 0; i < _table.Length; i++)
            _core.Limit(i, ReleaseSchedule.AfterDeadline(ReleaseRules.EndsHostAfter(_table[i]), world.Definition.Timing.StopBudget));
    }

    /// <summary>Sysrq does it at once; a watchdog is fed no longer, and takes its time.</summary>
    void IGuardEffects.EndHost(int entry)
    {
        if (SelfFence == SelfFence.Sysrq) host.PowerOff(host.RestartDelay());
    }

    bool IGuardEffects.EndDaemon()
    {
        if (host.HasDaemon) host.KillDaemon(host.RestartDelay());
        return true;
    }

    bool IGuardEffects.EndStarts(int entry)
    {
        host.Machine.EndAcquirers(_table[entry].Id);
        return true;
    }

    bool IGuardEffects.Release(int entry)
    {
        var resource = _table[entry];
        if (!host.Runs(resource.Id)) return true;
        if (!host.Machine.IsReleasing(resource.Id))
            host.Machine.Begin(new ActionRequest(--_lastActionId, ActionKind.Stop, resource, new SlotId(resource.Id, host.Id), LogIndex.None, "the deadline has passed"), life: 0);
        return false;
    }
}

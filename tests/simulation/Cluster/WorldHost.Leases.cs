using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Guarding;

namespace Drcm.Simulation.Cluster;

/// <content>What enforces the end of a lease, and what the world sees of it: the kernel, the deadline timer, and the bounds that are stated for what nothing
/// enforces.</content>
internal sealed partial class WorldHost
{
    /// <summary>By how much the slowest clock in the world lengthens a span, and more.</summary>
    private const double ClockError = 1.002;

    private TimeSpan? _leaseEnd;
    private bool _isGuarded = true;
    private int _sweptBoot = 1;

    /// <summary>World time until which the end of a lease may be late here for what has no gate in the kernel.</summary>
    private TimeSpan _unguardedUntil;

    private TimeSpan _misledUntil;
    private bool _wasFrozen;

    /// <summary>The newest one; in memory that outlives the daemon (O16).</summary>
    public GuardOrder Order { get; private set; } = GuardOrder.None;

    /// <summary>The guard has not seen it yet.</summary>
    public bool IsOrderNew { get; set; }

    /// <summary>E, in the file that jobs of crontabs look at.</summary>
    public TimeSpan? LeaseEnd => _leaseEnd;

    /// <summary>For stories: the guard is missing, and the daemon knows.</summary>
    public bool HasNoGuard { get; set; }

    /// <summary>As the world sees it: an address answers, a job of the crontab could start, a program runs.</summary>
    public bool IsActive(ResourceId resource)
    {
        if (!IsOn || IsFrozen || !Machine.Present.Contains(resource)) return false;
        return resource.Kind switch
        {
            ResourceKind.Ip => !_world.Rules.HasGate || Clock < Order.Deadline,
            ResourceKind.Cron => !_world.Rules.HasCronExec || Clock < _leaseEnd,
            ResourceKind.Application or ResourceKind.Service or ResourceKind.Filesystem => true,
        };
    }

    /// <summary>The stated gap that an overlap on this host falls into; null: none.</summary>
    public string? WhyNotCovered(ResourceId resource)
    {
        if (_world.Now < _misledUntil) return "the host's clock had stopped";
        if (resource.Kind is ResourceKind.Ip or ResourceKind.Cron) return null;
        // A watchdog needs nobody; where nothing ends the host, nobody takes over without proof.
        return _world.Now < _unguardedUntil && _world.Definition.SelfFence == SelfFence.Sysrq ? "no gate in the kernel, and neither daemon nor guard could run" : null;
    }

    public void SetWallClock(TimeSpan by)
    {
        if (!_world.Rules.IsMonotonic && IsOn && Clock + by > TimeSpan.Zero) Clock += by;
    }

    private void MoveLease(TimeSpan? end)
    {
        _leaseEnd = end;
        IsTouched = true;
    }

    /// <summary>What is there of an earlier daemon stays, but for what this one says.</summary>
    private void TakeOrder(GuardOrder order)
    {
        Order = order with { Deadline = order.Deadline ?? Order.Deadline };
        IsOrderNew = true;
        IsTouched = true;
    }

    /// <summary>The daemon watches its guard; without one it starts nothing exclusive.</summary>
    private void WatchGuard()
    {
        if (_core is null) return;
        _guard.ReplaceIfStuck(_world.InForce.Timing.Lease);
        var isGuarded = !_guard.IsGone && !HasNoGuard;
        if (isGuarded == _isGuarded) return;
        _isGuarded = isGuarded;
        _core.GuardChanged(Clock, isGuarded, isGuarded ? "a guard is there" : "the guard is gone");
    }

    /// <summary>O17: a timer in the kernel, which a stopped process cannot put off.</summary>
    private void KeepDeadline()
    {
        if (_core is null || Order.IsAcknowledged || Order.Deadline is not { } deadline || Clock < deadline || !_world.Rules.HasDeadlineTimer) return;
        _world.Say($"{Id} the deadline has come");
        KillDaemon(RestartDelay());
    }

    public TimeSpan RestartDelay() => TimeSpan.FromMilliseconds(100 + _world.Random.Below(1000));

    private void NoteFrozen(bool clockStops)
    {
        _wasFrozen = true;
        _unguardedUntil = _frozenUntil + StopBudget;
        // The first refusal ends it; whatever keeps that away, the lease that was left when the clock stopped goes on for as long as it was.
        if (clockStops) _misledUntil = _frozenUntil + (_world.InForce.Timing.Lease * ClockError) + StopBudget;
    }

    private void NoticeWaking()
    {
        if (!_wasFrozen) return;
        _wasFrozen = false;
        IsTouched = true;
        _guard.WakeWatchdog();
        _world.Say($"{Id} host wakes");
    }

    /// <summary>With the guard out of action too nobody is left to release what has no gate; the stop budget begins when somebody is.</summary>
    private void NoteUnguarded()
    {
        if (_guard.IsOutOfAction) _unguardedUntil = _world.Now + StopBudget;
    }
}

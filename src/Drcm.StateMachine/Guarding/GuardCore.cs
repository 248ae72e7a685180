namespace Drcm.StateMachine.Guarding;

/// <summary>The guard's decisions (O16): leaves everything alone until the deadline; then kills the daemon unless it has acknowledged, kills what
/// acquires, releases every entry, and looks again until all of it is gone. Pure and synchronous, time is an input; allocates nothing after its
/// construction. An entry that is not seen gone by its limit ends the host (O19). The real guard and the simulator drive the same class.</summary>
/// <param name="entriesMax">Entries that a table may have.</param>
/// <param name="rules">All of them, outside of tests.</param>
public sealed class GuardCore(int entriesMax, GuardRules rules)
{
    /// <summary>Between the first looks: what the kernel does at once is seen at once.</summary>
    public static readonly TimeSpan PaceFirst = TimeSpan.FromMilliseconds(5);

    /// <summary>Between later ones: what cannot be released now may be in a second, and costs little until then.</summary>
    public static readonly TimeSpan PaceMax = TimeSpan.FromSeconds(1);

    /// <summary>Looks at the first pace before it halves: a tenth of a second, past most stop budgets.</summary>
    private const int FastTries = 20;

    private readonly bool[] _isGone = new bool[entriesMax];
    private readonly TimeSpan[] _limits = new TimeSpan[entriesMax];
    private GuardOrder _order = GuardOrder.None;
    private int _count;
    private int _tries;
    private bool _isDaemonGone;

    /// <summary>When <see cref="Step"/> is due if neither order nor table changes before.</summary>
    public TimeSpan NextWake { get; private set; } = TimeSpan.MaxValue;

    /// <summary>The deadline has passed and something is still to be done: nothing exclusive may be started meanwhile.</summary>
    public bool IsReleasing { get; private set; }

    /// <summary>Something listed was not seen gone by its limit: this host has to end, and its watchdog is not fed.</summary>
    public bool IsOverdue { get; private set; }

    /// <summary>Nothing is listed; or the deadline has passed, everything was seen gone, and nobody is left who could bring it back.</summary>
    public bool HoldsNothing
    {
        get
        {
            for (var i = 0; i < _count; i++)
            {
                if (!_isGone[i]) return false;
            }
            return _count == 0 || _isDaemonGone;
        }
    }

    /// <summary>Whether this deadline's entry was seen gone.</summary>
    public bool IsGone(int entry) => _isGone[entry];

    /// <summary>A new table: all of its entries are here until seen gone, and none has a limit.</summary>
    /// <param name="count">At most <c>entriesMax</c>.</param>
    public void Load(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, entriesMax);
        _count = count;
        Array.Fill(_limits, TimeSpan.MaxValue);
        Renew();
    }

    /// <summary>How long after the deadline the entry may still be here.</summary>
    public void Limit(int entry, TimeSpan limit) => _limits[entry] = limit;

    /// <summary>Takes the newest order in and does what is due by it.</summary>
    /// <param name="now">On the clock of the leases.</param>
    public void Step(TimeSpan now, GuardOrder order, IGuardEffects effects)
    {
        if (order.Deadline != _order.Deadline) Renew();
        else if (_order.IsAcknowledged && !order.IsAcknowledged) _isDaemonGone = false;
        _order = order;
        if (order.Deadline is not { } deadline || (now < deadline && rules.WaitsForDeadline))
        {
            IsReleasing = IsOverdue = false;
            NextWake = order.Deadline ?? TimeSpan.MaxValue;
            return;
        }
        if (IsDone(order)) return;
        IsReleasing = true;
        if (Release(order, effects))
        {
            IsReleasing = IsOverdue = false;
            NextWake = TimeSpan.MaxValue;
            return;
        }
        NextWake = now + Pace();
        _tries++;
        if (rules.EndsHost) Judge(now, deadline, effects);
    }

    /// <summary>After the look: what is gone in this moment is in time. The first one ends the host for all.</summary>
    private void Judge(TimeSpan now, TimeSpan deadline, IGuardEffects effects)
    {
        var late = now - deadline;
        IsOverdue = false;
        for (var i = 0; i < _count; i++)
        {
            if (_isGone[i] || _limits[i] == TimeSpan.MaxValue) continue;
            if (late < _limits[i])
            {
                if (deadline + _limits[i] < NextWake) NextWake = deadline + _limits[i];
            }
            else if (!IsOverdue)
            {
                IsOverdue = true;
                effects.EndHost(i);
            }
        }
    }

    private bool IsDone(GuardOrder order)
    {
        if (IsReleasing || !(order.IsAcknowledged || _isDaemonGone)) return false;
        for (var i = 0; i < _count; i++)
        {
            if (!_isGone[i]) return false;
        }
        NextWake = TimeSpan.MaxValue;
        return true;
    }

    /// <returns>Everything is gone.</returns>
    private bool Release(GuardOrder order, IGuardEffects effects)
    {
        _isDaemonGone = _isDaemonGone || order.IsAcknowledged || !rules.KillsDaemonFirst || effects.EndDaemon();
        var isAllGone = _isDaemonGone;
        for (var i = 0; i < _count; i++)
        {
            if (_isGone[i]) continue;
            // All acquirers first, then the look: the other way round one of them could bring back what was just seen gone.
            var areStartsGone = !rules.KillsStarts || effects.EndStarts(i);
            var isGone = !rules.Releases || effects.Release(i);
            _isGone[i] = (isGone && ((_isDaemonGone && areStartsGone) || !rules.LooksAfterKilling)) || !rules.TriesUntilGone;
            isAllGone &= _isGone[i];
        }
        return isAllGone;
    }

    private TimeSpan Pace()
    {
        if (_tries < FastTries) return PaceFirst;
        var pace = PaceFirst * Math.Pow(2, Math.Min(_tries - FastTries, 10));
        return pace < PaceMax ? pace : PaceMax;
    }

    private void Renew()
    {
        Array.Clear(_isGone);
        _tries = 0;
        _isDaemonGone = false;
        IsReleasing = false;
    }
}

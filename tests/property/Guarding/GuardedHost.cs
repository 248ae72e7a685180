using Drcm.StateMachine.Guarding;

namespace Drcm.Property.Tests.Guarding;

/// <summary>A pretended host: a daemon and a start that may bring a resource back until they die, and one resource for each entry.</summary>
internal sealed class GuardedHost(int entries, GuardRules rules) : IGuardEffects
{
    private readonly GuardCore _core = new(entries, rules);
    private readonly bool[] _isActive = [.. Enumerable.Repeat(true, entries)];

    /// <summary>Looks that a killed daemon survives: it takes a while to die.</summary>
    public int DaemonDiesAfter { get; set; }

    /// <summary>The same for what a start left running.</summary>
    public int StartsDieAfter { get; set; }

    /// <summary>Releases of an entry that fail.</summary>
    public int ReleaseFails { get; set; }

    /// <summary>The daemon, or a start, brings everything back whenever it can.</summary>
    public bool Acquires { get; set; }

    public bool IsDaemonAlive { get; private set; } = true;

    public bool AreStartsAlive { get; set; }

    public int DaemonKills { get; private set; }

    public int Releases { get; private set; }

    public List<TimeSpan> Looks { get; } = [];

    /// <summary>When the core wanted this host to end.</summary>
    public List<TimeSpan> Ends { get; } = [];

    /// <summary>When its watchdog was fed.</summary>
    public List<TimeSpan> Feeds { get; } = [];

    public GuardCore Core => _core;

    public bool IsAnyActive => _isActive.Any(a => a);

    public void Load(int count)
    {
        _core.Load(count);
        for (var i = 0; i < count; i++) _isActive[i] = true;
    }

    /// <summary>Steps as the guard does: when due, and no longer than <paramref name="until"/>.</summary>
    public void Run(TimeSpan from, TimeSpan until, GuardOrder order)
    {
        for (var now = from; now <= until; now = _core.NextWake)
        {
            Looks.Add(now);
            _core.Step(now, order, this);
            if (!_core.IsOverdue) Feeds.Add(now);
            Acquire();
        }
    }

    public bool EndDaemon()
    {
        DaemonKills++;
        if (DaemonDiesAfter-- <= 0) IsDaemonAlive = false;
        return !IsDaemonAlive;
    }

    public bool EndStarts(int entry)
    {
        if (StartsDieAfter-- <= 0) AreStartsAlive = false;
        return !AreStartsAlive;
    }

    public bool Release(int entry)
    {
        Releases++;
        if (ReleaseFails-- > 0) return false;
        _isActive[entry] = false;
        return true;
    }

    public void EndHost(int entry) => Ends.Add(Looks[^1]);

    /// <summary>Between two looks of the guard whoever lives does its worst, a last time in the moment of its death.</summary>
    private void Acquire()
    {
        if (Acquires && (IsDaemonAlive || AreStartsAlive)) Array.Fill(_isActive, true);
    }
}

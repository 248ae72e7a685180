using Drcm.Node.Clock;
using Drcm.Node.Guarding.Native;
using Drcm.Node.Scripts;
using Drcm.Node.Scripts.Native;
using Microsoft.Extensions.Logging;

namespace Drcm.Node.Guarding;

/// <summary>Sees to it that there is a guard: finds the living one or starts one, replaces one that was killed at once and one that is frozen after L, and tells
/// whether the node is guarded. On a thread of its own.</summary>
internal sealed unsafe partial class GuardWatch : IDisposable
{
    /// <summary>Who is to start the guard: this daemon, or with this value a unit of its own.</summary>
    public const string Variable = "DRCM_GUARD";

    public const string External = "external";

    /// <summary>A runtime that starts on a busy host. Past it the node says that it is not guarded, and tries again.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(10);

    /// <summary>A guard that is not allowed a real-time priority may be late by this much without being frozen.</summary>
    private static readonly TimeSpan SilenceLeast = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StartLookInterval = TimeSpan.FromMilliseconds(5);

    private readonly GuardLink _link;
    private readonly Action<bool, string> _changed;
    private readonly ILogger _logger;
    private readonly bool _isExternal;
    private readonly Thread _thread;
    private readonly int _stop = Posix.EventFd(0, Posix.CloseOnExec | Posix.NonBlocking);
    private volatile bool _isStopping;
    private TimeSpan? _startedAt;
    /// <summary>As the core begins: not guarded.</summary>
    private volatile GuardStanding _standing = new("its guard has not been looked for yet", "");
    private long _guard;
    private long _kills;

    /// <param name="changed">Called when the node becomes guarded or stops being so, with the reason.</param>
    public GuardWatch(GuardLink link, Action<bool, string> changed, ILogger<GuardWatch> logger)
    {
        _link = link;
        _changed = changed;
        _logger = logger;
        _isExternal = Environment.GetEnvironmentVariable(Variable) == External;
        _kills = link.Memory.Header->DaemonKills;
        _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "guard watch" };
    }

    /// <summary>How it is now; on any thread.</summary>
    public GuardStanding Standing => _standing;

    public void Start()
    {
        TellOfThePast();
        _thread.Start();
    }

    public void Dispose()
    {
        _isStopping = true;
        ulong one = 1;
        _ = Posix.Write(_stop, (byte*)&one, sizeof(ulong));
        if (_thread.IsAlive) _thread.Join();
        _ = Posix.Close(_stop);
    }

    private void Run()
    {
        while (!_isStopping)
        {
            var now = MonotonicClock.Now;
            UnreapedChildren.Reap();
            var header = _link.Memory.Header;
            var id = (int)Volatile.Read(ref header->GuardId);
            var isThere = GroupKiller.IsSame(id, Volatile.Read(ref header->GuardStart));
            if (isThere && now.Ticks - Volatile.Read(ref header->GuardBeat) > Silence.Ticks)
            {
                LogFrozen(id, Silence.TotalMilliseconds);
                GroupKiller.EndProcess(id, header->GuardStart);
                continue;
            }
            Judge(isThere, id, now);
            Wait(isThere ? id : 0);
        }
    }

    private TimeSpan Silence => _link.Lease > SilenceLeast ? _link.Lease : SilenceLeast;

    private void Judge(bool isThere, int id, TimeSpan now)
    {
        if (!isThere)
        {
            Tell("no guard: nothing exclusive is started here until there is one", Remedy);
            Replace(now);
            return;
        }
        _startedAt = null;
        if (_guard != id) LogAttached(_guard = id);
        if (Volatile.Read(ref _link.Memory.Header->IsReleasing) != 0) Tell("the guard is releasing what the lease no longer covers", "");
        else if (!_link.IsTableComplete) Tell("what runs here does not fit into the guard's memory: nothing more that is exclusive is started", "move something away");
        else Tell("", "");
    }

    private void Replace(TimeSpan now)
    {
        if (_startedAt is { } since && now - since < StartPatience) return;
        if (_startedAt is not null) LogNoGuard(StartPatience.TotalSeconds, Remedy);
        _startedAt = now;
        if (_isExternal) return;
        var problem = GuardStarter.Start(_link.RunDir);
        if (problem.Length > 0) LogNotStarted(problem);
    }

    private string Remedy => _isExternal ? "start drcmd-guard.service" : $"see guard.log in {_link.RunDir}";

    /// <param name="problem">Empty: the node is guarded.</param>
    private void Tell(string problem, string remedy)
    {
        var before = _standing;
        if (before.Problem == problem) return;
        _standing = new GuardStanding(problem, remedy);
        if (before.IsGuarded != _standing.IsGuarded) _changed(_standing.IsGuarded, _standing.IsGuarded ? $"guarded by process {_guard}" : problem);
    }

    /// <summary>What a guard did while no daemon was here to tell of it.</summary>
    private void TellOfThePast()
    {
        var header = _link.Memory.Header;
        if (header->ReleasedCount > 0) LogReleased(header->ReleasedCount, (MonotonicClock.Now - new TimeSpan(header->ReleasedAt)).TotalSeconds, _kills);
    }

    /// <summary>Until the guard ends, or a look at its beat is due.</summary>
    private void Wait(int id)
    {
        var process = id > 0 ? GuardCalls.PidFdOpen(id) : -1;
        var descriptors = stackalloc Posix.PollFd[2];
        descriptors[0] = new Posix.PollFd { Descriptor = _stop, Events = Posix.PollIn };
        descriptors[1] = new Posix.PollFd { Descriptor = process, Events = Posix.PollIn };
        var interval = id > 0 ? LookInterval : StartLookInterval;
        _ = Posix.Poll(descriptors, 2, (int)interval.TotalMilliseconds);
        if (process >= 0) _ = Posix.Close(process);
    }

    [LoggerMessage(2300, LogLevel.Information, "guarded by process {Guard}")]
    private partial void LogAttached(long guard);

    [LoggerMessage(2301, LogLevel.Warning, "the guard {Guard} has not moved for {Milliseconds} ms: it is killed and replaced")]
    private partial void LogFrozen(int guard, double milliseconds);

    [LoggerMessage(2302, LogLevel.Error, "no guard within {Seconds} s, so nothing exclusive is started here: {Remedy}")]
    private partial void LogNoGuard(double seconds, string remedy);

    [LoggerMessage(2303, LogLevel.Error, "the guard cannot be started: {Problem}")]
    private partial void LogNotStarted(string problem);

    [LoggerMessage(2304, LogLevel.Warning, "in this boot a guard has released {Count} resources of this node past their lease, the last {Seconds} s ago, and killed {Kills} daemons for it")]
    private partial void LogReleased(long count, double seconds, long kills);
}

/// <summary>Whether a node is guarded.</summary>
/// <param name="Problem">Why it is not; empty: it is.</param>
/// <param name="Remedy">What gives it a guard; empty: that comes by itself.</param>
internal sealed record GuardStanding(string Problem, string Remedy)
{
    public bool IsGuarded => Problem.Length == 0;
}

using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Guarding;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Nodes;
using Drcm.StateMachine.Reconciliation;

namespace Drcm.Simulation.Cluster;

/// <summary>One host of the <see cref="World"/>: a clock, a disk, a boot, a kernel with what runs on it, a guard, and perhaps a daemon.</summary>
internal sealed partial class WorldHost : INodeEffects
{
    private readonly World _world;
    private readonly Queue<Action<NodeCore>> _inbox = new();
    private readonly WorldGuard _guard;
    private NodeCore? _core;
    private int _boot = 1;
    private int _spool = 1;
    private TimeSpan _frozenUntil;
    private TimeSpan _daemonFrozenUntil;
    private TimeSpan? _restartAt;
    private TimeSpan _offUntil;
    private bool _isClockStopped;
    private bool _isLeaving;

    public WorldHost(World world, NodeId id)
    {
        _world = world;
        Id = id;
        Definition = world.Definition;
        Log = world.Log;
        Rate = world.Percent() switch { < 33 => 0.999, < 66 => 1.0, _ => 1.001 };
        Machine = new WorldMachine(world, this);
        _guard = new WorldGuard(world, this);
    }

    public NodeId Id { get; }

    public WorldMachine Machine { get; }

    /// <summary>Of the generation that its disk names.</summary>
    public WorldLog Log { get; private set; }

    /// <summary>World time of the daemon's start.</summary>
    public TimeSpan StartedAt { get; private set; }

    public WorldGuard Guard => _guard;

    /// <summary>Its own cm.cfg; read at the daemon's start.</summary>
    public ClusterDefinition Definition { get; set; }

    /// <summary>Within the assumed bound of a clock's error.</summary>
    public double Rate { get; }

    /// <summary>The clock that its leases go by: the host's own monotonic one.</summary>
    public TimeSpan Clock { get; private set; } = TimeSpan.FromSeconds(100);

    /// <summary>Changes with each daemon.</summary>
    public long Life { get; private set; }

    /// <summary>Of its spool.</summary>
    public string Identity => $"{Id}-spool-{_spool}";

    public bool IsOn => _world.Now >= _offUntil;

    /// <summary>The whole host stands still.</summary>
    public bool IsFrozen => _world.Now < _frozenUntil;

    public bool IsPaused => IsFrozen || _world.Now < _daemonFrozenUntil;

    public bool IsTakingPart => _core is not null && !IsPaused && IsOn;

    /// <summary>Answers of scripts, for stories.</summary>
    public Func<ActionRequest, ActionOutcome>? Answers { set => Machine.Answers = value; }

    public (CommandOutcome Outcome, LogIndex Index, string Text)? LastAnswer { get; set; }

    public ClusterState? Projection => _core?.State;

    public bool HasDaemon => _core is not null;

    public bool HasLeft => _isLeaving && _core is null;

    /// <summary>Something may have become active here since the last look.</summary>
    public bool IsTouched { get; set; }

    public bool Runs(ResourceId resource) => Machine.Present.Contains(resource);

    public TimeSpan StopBudget => (_core?.State.Definition ?? _world.InForce).Timing.StopBudget;

    public void PassTime(TimeSpan step)
    {
        if (!(IsFrozen && _isClockStopped)) Clock += step * Rate;
    }

    public void StartDaemon()
    {
        Life++;
        StartedAt = _world.Now;
        IsConfirmed = false;
        _restartAt = null;
        _isLeaving = false;
        _daemonFrozenUntil = TimeSpan.Zero;
        SweepCrontabs();
        // Nothing acquires in this one yet, and the order that is there is of an earlier one, maybe past its deadline.
        TakeOrder(Order with { IsAcknowledged = true });
        Begin();
        _world.Say($"{Id} daemon starts, incarnation {Life}");
    }

    public void KillDaemon(TimeSpan until)
    {
        if (_core is null || IsFrozen) return;
        _world.Say($"{Id} daemon killed for {until.TotalMilliseconds} ms");
        End();
        _restartAt = _world.Now + until;
    }

    public void PowerOff(TimeSpan until)
    {
        if (!IsOn) return;
        _world.Say($"{Id} power off for {until.TotalMilliseconds} ms");
        End();
        _boot++;
        Machine.LosePower();
        _guard.LosePower();
        _runTable = RunTable.Empty;
        _leaseEnd = null;
        Order = GuardOrder.None;
        IsOrderNew = true;
        _frozenUntil = _daemonFrozenUntil = TimeSpan.Zero;
        _offUntil = _world.Now + until;
        _restartAt = _offUntil;
    }

    /// <summary>The daemon ends and its spool is emptied; what runs here runs on.</summary>
    public void Wipe(TimeSpan until)
    {
        if (_core is null || IsFrozen) return;
        KillDaemon(until);
        _promises = PromiseTable.Empty;
        _spool++;
        _world.Say($"{Id} spool wiped");
    }

    /// <summary>The daemon alone.</summary>
    public void Pause(TimeSpan duration)
    {
        _daemonFrozenUntil = _world.Now + duration;
        _world.Say($"{Id} daemon frozen for {duration.TotalMilliseconds} ms");
    }

    public void Freeze(TimeSpan duration, bool clockStops)
    {
        if (!IsOn || IsFrozen) return;
        _frozenUntil = _world.Now + duration;
        _isClockStopped = clockStops;
        NoteFrozen(clockStops);
        _world.Say($"{Id} host frozen for {duration.TotalMilliseconds} ms{(clockStops ? ", with its clock" : "")}");
    }

    public void Shutdown()
    {
        if (_core is null) return;
        _isLeaving = true;
        _world.Say($"{Id} shuts down");
        _inbox.Enqueue(core => core.Shutdown(Clock));
    }

    /// <summary>Orderly, and started again after that.</summary>
    public void Shutdown(TimeSpan startsAfter)
    {
        Shutdown();
        _startsAfterLeaving = startsAfter;
    }

    public void Heal()
    {
        Machine.Heal();
        _guard.Heal();
        _disk.Heal();
        ReadMax = int.MaxValue;
        _behindUntil = TimeSpan.Zero;
        TroubledUntil = TimeSpan.Zero;
        if (_restartAt > _world.Now + TimeSpan.FromSeconds(1)) _restartAt = _world.Now + TimeSpan.FromSeconds(1);
        if (_frozenUntil > _world.Now) _frozenUntil = _world.Now;
        if (_daemonFrozenUntil > _world.Now) _daemonFrozenUntil = _world.Now;
        if (_offUntil > _world.Now) _offUntil = _world.Now;
        if (HasLeft) _restartAt ??= _world.Now;
    }

    public void Receive(Message message)
    {
        if (_core is null || !IsOn) return;
        // What waits in the sockets is read before the next tick (O20).
        if (IsPaused || _inbox.Count > 0) _inbox.Enqueue(core => core.Receive(Clock, message));
        else _core.Receive(Clock, message);
    }

    public void LogMembersChanged(System.Collections.Immutable.ImmutableSortedSet<NodeId> members) => Tell(core => core.LogMembersChanged(Clock, members));

    public void MembersChanged(string whyNot) => Tell(core => core.MembersChanged(Clock, whyNot));

    /// <summary>Somebody has taken the resource away; for stories.</summary>
    public void Disturb(ResourceId resource) => Tell(core => core.Disturbed(Clock, resource));

    public void Submit(Command command) => Tell(core => core.Submit(Clock, 1, "operator:test", command));

    public void LeadershipChanged(bool isLeading) => Tell(core => core.LeadershipChanged(Clock, isLeading));

    public void ProposalEnded(ProposalFate fate, LogIndex index) => Tell(core => core.ProposalEnded(Clock, fate, index));

    public void ActionEnded(ActionRequest request, ActionResult result) => Tell(core =>
    {
        var isOwned = core.State.Slots.TryGetValue(request.Slot, out var slot) && slot.Owner == Id && slot.Token == request.Token;
        if (isOwned && request.Kind == ActionKind.Stop && result.Outcome == ActionOutcome.Succeeded) _stopped.Add((request.Slot, request.Token));
        core.ActionDone(Clock, result);
    });

    public void Advance()
    {
        if (!IsOn || IsFrozen) return;
        NoticeWaking();
        Machine.Advance();
        _guard.Advance();
        if (_guard.IsHungry)
        {
            _world.Say($"{Id} its watchdog was not fed");
            PowerOff(RestartDelay());
            return;
        }
        KeepDeadline();
        if (_core is null && _restartAt <= _world.Now) StartDaemon();
        if (_core is null || IsPaused)
        {
            NoteUnguarded();
            return;
        }
        while (_core is not null && _inbox.TryDequeue(out var next)) next(_core);
        StorePending();
        StepGenerations();
        Read();
        WatchGuard();
        EndFences();
        if (_core is null) return;
        ReadSamples();
        if (_core is null || Clock < _core.NextWake) return;
        _core.Tick(Clock);
        _core?.Trouble(Clock, TroubleNow);
    }

    private void Tell(Action<NodeCore> input)
    {
        if (_core is not null) _inbox.Enqueue(input);
    }
}

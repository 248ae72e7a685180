using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.Guarding;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Nodes;
using Drcm.StateMachine.Reconciliation;

namespace Drcm.Property.Tests.Nodes;

/// <summary>One host of the <see cref="World"/>: a disk, a boot, what runs on it, and perhaps a daemon.</summary>
internal sealed class WorldHost : INodeEffects
{
    /// <summary>Entries that a node is behind before a snapshot may come.</summary>
    private const int LagForSnapshot = 3;

    /// <summary>What a management card takes.</summary>
    private static readonly TimeSpan FenceTime = TimeSpan.FromSeconds(2);

    private readonly World _world;
    private readonly SortedSet<ResourceId> _running = [];
    private readonly List<(TimeSpan At, ActionRequest Request)> _actions = [];
    private readonly Queue<(long WriteId, PromiseTable Table)> _writes = new();
    private readonly Queue<ActionRequest> _killed = new();
    private readonly Queue<(TimeSpan At, FenceStep Step)> _fences = new();
    private PromiseTable _promises = PromiseTable.Empty;
    private RunTable _runTable = RunTable.Empty;
    private TimeSpan? _leaseEnd;
    private NodeCore? _core;
    private long _incarnation;
    private int _boot = 1;
    private int _spool = 1;
    private TimeSpan _pausedUntil;
    private TimeSpan? _restartAt;
    private TimeSpan _offUntil;
    private bool _hasNoGuard;
    private GuardOrder _order = GuardOrder.None;
    private bool _isLeaving;
    private int _compactedAt;

    public WorldHost(World world, NodeId id)
    {
        _world = world;
        Id = id;
        Definition = world.Definition;
        Rate = world.Percent() switch { < 33 => 0.999, < 66 => 1.0, _ => 1.001 };
    }

    public NodeId Id { get; }

    /// <summary>Its own cm.cfg; read at the daemon's start.</summary>
    public ClusterDefinition Definition { get; set; }

    public double Rate { get; }

    /// <summary>The host's own monotonic clock.</summary>
    public TimeSpan Clock { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>Changes with each daemon.</summary>
    public long Life => _incarnation;

    public int Applied { get; private set; }

    /// <summary>Entries that it can get at; for schedules by hand.</summary>
    public int ReadMax { get; set; } = int.MaxValue;

    /// <summary>Entries that its own disk has and that it knows to be committed; for schedules by hand.</summary>
    public int OnDisk { get; set; }

    /// <summary>Of its spool.</summary>
    public string Identity => $"{Id}-spool-{_spool}";

    public bool IsPaused => _world.Now < _pausedUntil;

    public bool IsTakingPart => _core is not null && !IsPaused && _world.Now >= _offUntil;

    /// <summary>Starts that fail, for stories.</summary>
    public Func<ActionRequest, ActionOutcome>? Answers { get; set; }

    public (CommandOutcome Outcome, LogIndex Index, string Text)? LastAnswer { get; set; }

    public ClusterState? Projection => _core?.State;

    /// <summary>What its disk refuses; empty: nothing.</summary>
    public string Trouble { get; set; } = "";

    public bool HasDaemon => _core is not null;

    public bool Runs(ResourceId resource) => _running.Contains(resource);

    /// <summary>Newest order to the guard.</summary>
    public GuardOrder Order => _order;

    public TimeSpan? LeaseEnd => _leaseEnd;

    /// <summary>The guard is missing, and the daemon knows.</summary>
    public bool HasNoGuard
    {
        get => _hasNoGuard;
        set
        {
            _hasNoGuard = value;
            _core?.GuardChanged(Clock, !value, value ? "no guard" : "guarded");
        }
    }

    public void StartDaemon()
    {
        _incarnation++;
        Applied = 0;
        _restartAt = null;
        _isLeaving = false;
        _order = GuardOrder.None;
        _core = new NodeCore(
            new NodeCoreOptions
            {
                Self = Id,
                Incarnation = new Incarnation(_incarnation),
                BootId = $"{Id}-boot-{_boot}",
                Identity = Identity,
                Definition = Definition,
                ConfigDigest = ConfigDigest.Of(Definition),
                Promises = _promises,
                Adopted = _runTable,
                InheritedLeaseEnd = _leaseEnd,
                IsGuarded = !_hasNoGuard,
                ProtocolRules = _world.Rules.Protocol,
                ReconcilerRules = _world.Rules.Reconciler,
            },
            Clock,
            this);
        _core.LogMembersChanged(Clock, _world.Log.MemberNames);
        _world.Say($"{Id} daemon starts, incarnation {_incarnation}");
        if (_compactedAt > 0) Restore(_compactedAt);
    }

    public void KillDaemon(TimeSpan until)
    {
        if (_core is null) return;
        _world.Say($"{Id} daemon killed for {until.TotalMilliseconds} ms");
        End();
        _restartAt = _world.Now + until;
    }

    public void PowerOff(TimeSpan until)
    {
        KillDaemon(until);
        _running.Clear();
        _runTable = RunTable.Empty;
        _leaseEnd = null;
        _boot++;
        _pausedUntil = TimeSpan.Zero;
        _offUntil = _world.Now + until;
        _restartAt = _offUntil;
        _world.Say($"{Id} power off");
    }

    /// <summary>The daemon ends and its spool is emptied; what runs here runs on.</summary>
    public void Wipe(TimeSpan until)
    {
        KillDaemon(until);
        _promises = PromiseTable.Empty;
        _spool++;
        _world.Say($"{Id} spool wiped");
    }

    public void Pause(TimeSpan duration)
    {
        _pausedUntil = _world.Now + duration;
        _world.Say($"{Id} frozen for {duration.TotalMilliseconds} ms");
    }

    /// <summary>The daemon's next start finds a snapshot of all that is in the log.</summary>
    public void CompactAll() => _compactedAt = _world.Log.Count;

    public void Shutdown()
    {
        _isLeaving = true;
        _core?.Shutdown(Clock);
    }

    public bool HasLeft => _isLeaving && _core is null;

    public void Receive(Message message)
    {
        if (IsTakingPart) _core!.Receive(Clock, message);
    }

    public void LogMembersChanged(ImmutableSortedSet<NodeId> members) => _core?.LogMembersChanged(Clock, members);

    public void MembersChanged(string whyNot) => _core?.MembersChanged(Clock, whyNot);

    public void Disturb(ResourceId resource) => _core?.Disturbed(Clock, resource);

    public void Submit(Command command) => _core?.Submit(Clock, 1, "operator:test", command);

    public void LeadershipChanged(bool isLeading) => _core?.LeadershipChanged(Clock, isLeading);

    public void ProposalEnded(bool isCommitted, LogIndex index) =>
        _core?.ProposalEnded(Clock, isCommitted ? ProposalFate.Committed : ProposalFate.WithoutEffect, index);

    public void Advance()
    {
        Guard();
        if (_restartAt <= _world.Now) StartDaemon();
        if (_core is null || IsPaused) return;
        while (_writes.TryDequeue(out var write))
        {
            _promises = write.Table;
            _core.PromiseStored(Clock, write.WriteId);
        }
        Read();
        while (_core is not null && _killed.TryDequeue(out var killed))
            _core.ActionDone(Clock, new ActionResult(killed.Id, ActionOutcome.Killed, ""));
        for (var i = 0; i < _actions.Count && _core is not null;)
        {
            if (_actions[i].At > _world.Now)
            {
                i++;
                continue;
            }
            var request = _actions[i].Request;
            _actions.RemoveAt(i);
            Finish(request);
        }
        while (_core is not null && _fences.TryPeek(out var fence) && fence.At <= _world.Now)
        {
            _fences.Dequeue();
            _core.FenceEnded(Clock, _world.Fence(fence.Step));
        }
        if (_core is null || Clock < _core.NextWake) return;
        _core.Tick(Clock);
        _core?.Trouble(Clock, Trouble);
    }

    /// <summary>Until the log's connection is there a node applies nothing; then a few entries at a time.</summary>
    private void Read()
    {
        if (_core is null || (Applied >= OnDisk && !_world.Log.IsConnected(this))) return;
        if (_world.Log.Count - Applied >= LagForSnapshot && _world.SnapshotRandom.Below(100) < _world.Snapshots)
        {
            var newest = Applied;
            while (newest < _world.Log.Count && _world.Log.IsTold(Id, newest)) newest++;
            if (newest - Applied >= LagForSnapshot) Restore(newest - (int)_world.SnapshotRandom.Below(LagForSnapshot));
        }
        var most = 1 + (int)_world.Random.Below(8);
        for (var i = 0; i < most && Applied < Math.Min(_world.Log.Count, ReadMax) && _core is not null; i++)
        {
            if (_world.Percent() < 20 || !_world.Log.IsTold(Id, Applied)) return;
            var (index, batch) = _world.Log[Applied++];
            _core.Committed(Clock, index, new Term(1), batch);
        }
    }

    private void Restore(int count)
    {
        Applied = count;
        _world.Say($"{Id} restores a snapshot of index {_world.Log[count - 1].Index}");
        _core!.Restored(Clock, _world.Rules.Snapshot(_core.State, _world.Log.Restored(count)));
    }

    private void End()
    {
        // Its own log on its own disk, compacted up to some entry that it had applied; never further back than before.
        if (_world.SnapshotRandom.Below(100) < _world.Snapshots && Applied > _compactedAt)
            _compactedAt += 1 + (int)_world.SnapshotRandom.Below(Applied - _compactedAt);
        _core = null;
        _actions.Clear();
        _writes.Clear();
        _killed.Clear();
        _fences.Clear();
        if (_world.Log.Leader == Id) _world.Log.LoseLeader();
    }

    private void Guard()
    {
        if (!_world.Rules.HasGuard || Clock < _leaseEnd) return;
        foreach (var resource in _world.Definition.Resources)
        {
            if (!resource.IsExclusive || IsTakingPart) continue;
            if (_running.Remove(resource.Id)) _world.Say($"{Id} guard ends {resource.Id}");
            var place = _actions.FindIndex(a => a.Request.Resource.Id == resource.Id && a.Request.Kind == ActionKind.Start);
            if (place < 0) continue;
            _killed.Enqueue(_actions[place].Request);
            _actions.RemoveAt(place);
        }
    }

    private void Finish(ActionRequest request)
    {
        var outcome = Answers?.Invoke(request) ?? ActionOutcome.Succeeded;
        if (request.Kind == ActionKind.Look) outcome = Runs(request.Resource.Id) ? ActionOutcome.Succeeded : ActionOutcome.Failed;
        if (request.Kind == ActionKind.Monitor && !Runs(request.Resource.Id)) outcome = ActionOutcome.Failed;
        if (outcome == ActionOutcome.Succeeded && request.Kind == ActionKind.Start)
        {
            _running.Add(request.Resource.Id);
            _world.Say($"{Id} started {request.Resource.Id} token {request.Token}");
        }
        if (outcome == ActionOutcome.Succeeded && request.Kind == ActionKind.Stop)
        {
            _running.Remove(request.Resource.Id);
            _world.Say($"{Id} stopped {request.Resource.Id} token {request.Token}");
        }
        _core!.ActionDone(Clock, new ActionResult(request.Id, outcome, outcome == ActionOutcome.Succeeded ? "" : "as told"));
    }

    void INodeEffects.Send(NodeId to, Message message) => _world.Send(Id, to, message);

    void INodeEffects.StorePromises(long writeId, PromiseTable table) => _writes.Enqueue((writeId, table));

    void INodeEffects.Propose(LogIndex expectedVersion, ImmutableArray<ReasonedEvent> events, string actor) =>
        _world.Log.Propose(this, expectedVersion, events, actor);

    void INodeEffects.ChangeMembers(LogStep step) => _world.Log.Change(this, step);

    void INodeEffects.Fence(FenceStep step) => _fences.Enqueue((_world.Now + FenceTime, step));

    void INodeEffects.LeaseMoved(TimeSpan? leaseEnd) => _leaseEnd = leaseEnd;

    void INodeEffects.GiveOrder(GuardOrder order) => _order = order;

    void INodeEffects.Applied(LogIndex index, Term term, EventBatch batch, ImmutableArray<AppliedEvent> events)
    {
    }

    void INodeEffects.Restored(LogIndex from, ClusterState state)
    {
    }

    void INodeEffects.Answer(long commandId, CommandOutcome outcome, LogIndex index, string text) => LastAnswer = (outcome, index, text);

    void INodeEffects.ConfigurationInForce(LogIndex index, ClusterState state, string file)
    {
    }

    void INodeEffects.Leave()
    {
        _world.Say($"{Id} has left");
        End();
    }

    void IReconcilerEffects.Note(string text) => _world.Say($"{Id}: {text}");

    void IReconcilerEffects.SaveRunTable(RunTable table) => _runTable = table;

    /// <summary>O17: nothing that may acquire begins under an order that says that nothing does, or that is past its deadline.</summary>
    void IReconcilerEffects.Run(ActionRequest request)
    {
        if (request is { Kind: ActionKind.Start or ActionKind.Monitor, Resource.IsExclusive: true } && !_world.Rules.IsLeaseOptional
            && (_order.IsAcknowledged || _order.Deadline is not { } deadline || deadline <= Clock))
            _world.Accuse($"{Id} begins {request.Kind} of {request.Resource.Id} under the order {_order}");
        var most = request.Kind == ActionKind.Stop ? 40 : 120;
        _actions.Add((_world.Now + TimeSpan.FromMilliseconds(5 + _world.Random.Below(most)), request));
    }

    void IReconcilerEffects.Kill(long actionId)
    {
        var place = _actions.FindIndex(a => a.Request.Id == actionId);
        if (place < 0) return;
        var request = _actions[place].Request;
        _actions.RemoveAt(place);
        // A start that is cut short may have done its work already.
        if (request.Kind == ActionKind.Start && _world.Percent() < 50) _running.Add(request.Resource.Id);
        _killed.Enqueue(request);
    }

}

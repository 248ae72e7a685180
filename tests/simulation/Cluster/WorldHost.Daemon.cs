using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Nodes;
using Drcm.StateMachine.Reconciliation;

namespace Drcm.Simulation.Cluster;

/// <content>One life of the daemon, its disk, and how it reads the log.</content>
internal sealed partial class WorldHost
{
    /// <summary>Entries that a node is behind before a snapshot may come.</summary>
    private const int LagForSnapshot = 3;

    /// <summary>What a management card takes.</summary>
    private static readonly TimeSpan FenceTime = TimeSpan.FromSeconds(2);

    private readonly WorldDisk _disk = new();
    private readonly Queue<(TimeSpan At, FenceStep Step)> _fences = new();
    private PromiseTable _promises = PromiseTable.Empty;
    private RunTable _runTable = RunTable.Empty;
    private TimeSpan? _startsAfterLeaving;
    /// <summary>By this incarnation, which knew that it owned them: final for their tokens (O10).</summary>
    private readonly HashSet<(SlotId Slot, LogIndex Token)> _stopped = [];

    private int _compactedAt;
    private TimeSpan _behindUntil;

    public WorldDisk Disk => _disk;

    /// <summary>What its run directory refuses, as the daemon notices it; empty: nothing.</summary>
    public string Trouble { get; set; } = "";

    /// <summary>Its run directory is full until then; the spool is another file system.</summary>
    public TimeSpan TroubledUntil { get; set; }

    /// <summary>The daemon reports trouble of its own, or did so lately.</summary>
    public bool IsTroubled => _core?.OwnTrouble.Length > 0;

    /// <summary>A fence agent is at work for it.</summary>
    public bool IsFencing => _fences.Count > 0;

    private string TroubleNow => Trouble.Length > 0 ? Trouble
        : _world.Now < TroubledUntil ? "its run directory cannot be written: no space left"
        : _disk.IsFull(_world.Now) ? "its log cannot be written: no space left"
        : "";

    public int Applied { get; private set; }

    /// <summary>Entries that it can get at; for schedules by hand.</summary>
    public int ReadMax { get; set; } = int.MaxValue;

    /// <summary>Entries that its own disk has and that it knows to be committed; for schedules by hand.</summary>
    public int OnDisk { get; set; }

    /// <summary>The daemon's next start finds a snapshot of all that is in the log.</summary>
    public void CompactAll() => _compactedAt = Log.Count;

    /// <summary>It takes nothing new from the log for a while.</summary>
    public void StandBehind(TimeSpan duration) => _behindUntil = _world.Now + duration;

    private void Begin()
    {
        Applied = 0;
        _hasBase = false;
        _inbox.Clear();
        _stopped.Clear();
        _core = new NodeCore(
            new NodeCoreOptions
            {
                Self = Id,
                Incarnation = new Incarnation(Life),
                BootId = $"{Id}-boot-{_boot}",
                Identity = _world.Rules.TellsSpools ? Identity : "",
                Definition = Definition,
                ConfigDigest = ConfigDigest.Of(Definition),
                Promises = _promises,
                Adopted = _runTable,
                InheritedLeaseEnd = _leaseEnd,
                TroubleMemory = World.TroubleMemory,
                IsGuarded = _isGuarded = !_guard.IsGone && !HasNoGuard,
                Solo = _world.IsPair ? _world.Rules.Solo : null,
                ProtocolRules = _world.Rules.Protocol,
                ReconcilerRules = _world.Rules.Reconciler,
                DecisionRules = _world.Rules.Decisions,
            },
            Clock,
            this);
        _core.LogMembersChanged(Clock, Log.MemberNames);
        if (_compactedAt > 0)
        {
            _hasBase = true;
            Restore(_compactedAt);
        }
    }

    private void End()
    {
        // Its own log on its own disk, compacted up to some entry that it had applied; never further back than before.
        if (_world.SnapshotRandom.Below(100) < _world.Snapshots && Applied > _compactedAt)
            _compactedAt += 1 + _world.SnapshotRandom.Below(Applied - _compactedAt);
        if (_world.IsPair && Applied > OnDisk) OnDisk = Applied;
        InterruptGeneration();
        _core = null;
        _inbox.Clear();
        _disk.Forget();
        _fences.Clear();
        Machine.EndInProcess();
        if (Log.Leader == Id) Log.LoseLeader();
    }

    private void EndFences()
    {
        while (_core is not null && _fences.TryPeek(out var fence) && fence.At <= _world.Now)
        {
            _fences.Dequeue();
            _core.FenceEnded(Clock, _world.Fence(fence.Step));
        }
    }

    private void StorePending()
    {
        while (_core is not null && _disk.TryFinish(_world.Now, out var write, out var isStored))
        {
            if (isStored) _promises = write.Table;
            if (isStored) _core.PromiseStored(Clock, write.WriteId);
            else _core.PromiseFailed(Clock, write.WriteId);
        }
    }

    /// <summary>Until the log's connection is there a node applies nothing; then a few entries at a time.</summary>
    private void Read()
    {
        if (_core is null || _world.Now < _behindUntil || !ReadBase()) return;
        if (Applied == Log.Count || _disk.IsFull(_world.Now)) return;
        if (Applied >= OnDisk && !Log.IsConnected(this)) return;
        if (Log.Count - Applied >= LagForSnapshot && _world.SnapshotRandom.Below(100) < _world.Snapshots)
        {
            var newest = Applied;
            while (newest < Log.Count && Log.IsTold(Id, newest)) newest++;
            if (newest - Applied >= LagForSnapshot) Restore(newest - _world.SnapshotRandom.Below(LagForSnapshot));
        }
        var most = 1 + _world.Random.Below(8);
        for (var i = 0; i < most && Applied < Math.Min(Log.Count, ReadMax) && _core is not null; i++)
        {
            if (_world.Percent() < 20 || !Log.IsTold(Id, Applied)) return;
            var (index, batch) = Log[Applied++];
            _core.Committed(Clock, index, new Term(1), batch);
        }
    }

    private void Restore(int count)
    {
        Applied = count;
        _world.Say($"{Id} restores a snapshot of index {Log[count - 1].Index}");
        var state = _world.Rules.Snapshot(_core!.State, Log.Restored(count));
        _core.Restored(Clock, state);
        if (StateDigest.Of(state) != StateDigest.Of(Log.StateAt(count))) _world.Fail($"{Id} restored another state than the log had at {state.Version}");
    }

    /// <summary>O21: files outlive a boot, what they are for does not; before anything else is done they go.</summary>
    private void SweepCrontabs()
    {
        if (_sweptBoot == _boot) return;
        _sweptBoot = _boot;
        if (_boot == 1 || !_world.Rules.SweepsAtBoot) return;
        Machine.Present.RemoveWhere(r => r.Kind == ResourceKind.Cron);
    }
}

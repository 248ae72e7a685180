using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Reconciliation;
using Drcm.StateMachine.Solo;

namespace Drcm.StateMachine.Nodes;

/// <summary>All that one node decides: the lease core, the projection, the reconciler and, while it leads, the leader's part. Pure and
/// single-threaded: inputs go in through its methods, wishes come out through <see cref="INodeEffects"/>, time is an input. The daemon and the
/// simulator drive the same class.</summary>
public sealed partial class NodeCore
{
    private readonly NodeCoreOptions _options;
    private readonly INodeEffects _effects;
    private readonly LeaseCore _lease;
    private readonly LeaseOutputs _leaseOutputs = new();
    private readonly Reconciler _reconciler;
    private NodeReport? _reported;
    private TimeSpan? _announcedLeaseEnd;
    private TimeSpan? _inheritedLeaseEnd;
    private TimeSpan? _lastStep;

    public NodeCore(NodeCoreOptions options, TimeSpan now, INodeEffects effects)
    {
        _options = options;
        _effects = effects;
        _inheritedLeaseEnd = options.InheritedLeaseEnd;
        _isGuarded = options.IsGuarded;
        _lease = new LeaseCore(
            options.Self, options.Incarnation, options.BootId, options.Promises, options.Definition, options.ProtocolRules, now, options.Identity);
        _solo = options.Solo is { } solo ? new SoloCore(solo) : null;
        _solo?.Follow(_lease.Times);
        _reconciler = new Reconciler(options.Self, options.Incarnation, options.Adopted, options.ReconcilerRules, options.Definition);
    }

    /// <summary>The projection: what the log says, as far as this node has applied it.</summary>
    public ClusterState State { get; private set; } = ClusterState.Empty;

    /// <summary>Until when this incarnation may act on its own lease; null: no lease.</summary>
    public TimeSpan? LeaseEnd => OwnLeaseEnd;

    public LeaseCounters Counters => _lease.Counters;

    /// <summary>When <see cref="Tick"/> is due if nothing comes in before.</summary>
    public TimeSpan NextWake { get; private set; }

    /// <summary>Every interval at the latest; drain waiting messages into <see cref="Receive"/> first (O20).</summary>
    public void Tick(TimeSpan now)
    {
        ReleaseAfterPause(now);
        TickSolo(now);
        _lease.Tick(now, _leaseOutputs);
        _isViewDirty = true;
        Settle(now);
    }

    public void Receive(TimeSpan now, Message message)
    {
        ReleaseAfterPause(now);
        if (message is KeepAliveMessage { Report: var report } && IsNews(report)) _isViewDirty = true;
        if (message is AnswerMessage answer) ReadAnswer(answer);
        HearPeer(now, message);
        _lease.Receive(now, message, _leaseOutputs);
        Settle(now);
    }

    /// <summary>O8 for what the previous incarnation left: a voter that has given this node up ends the inherited lease as well. (An old epoch does
    /// not: this incarnation may still be reading the log.)</summary>
    private void ReadAnswer(AnswerMessage answer)
    {
        if (!answer.Expiries.IsEmpty) _isViewDirty = true;
        if (answer.ToIncarnation == _options.Incarnation && (answer.Kind is AnswerKind.RefusedExpired or AnswerKind.RefusedDown))
            _inheritedLeaseEnd = null;
    }

    /// <summary>An entry of the log was committed; entries come in order, each once.</summary>
    public void Committed(TimeSpan now, LogIndex index, Term term, EventBatch batch)
    {
        var applied = _options.DecisionRules.Apply(State, index, batch);
        var before = State;
        State = applied.State;
        _lease.Project(now, State, _leaseOutputs);
        FollowPair(before);
        _effects.Applied(index, term, batch, applied.Events);
        CompareConfiguration();
        NoticeSuccessor();
        ProjectLeading(now);
        Settle(now);
    }

    /// <summary>The log gave a snapshot in place of entries that are gone: the whole projection is replaced. What follows works from state, so what this
    /// node no longer owns is released, and its own introduction counts whether it came as an entry or inside the snapshot (O9, O10, O13).</summary>
    /// <param name="state">Changes nothing unless it is newer than <see cref="State"/>.</param>
    public void Restored(TimeSpan now, ClusterState state)
    {
        if (state.Version <= State.Version) return;
        _effects.Restored(State.Version, state);
        var before = State;
        State = state;
        _lease.Project(now, State, _leaseOutputs);
        FollowPair(before);
        CompareConfiguration();
        NoticeSuccessor();
        ProjectLeading(now);
        Settle(now);
    }

    public void PromiseStored(TimeSpan now, long writeId)
    {
        _lease.PromiseStored(now, writeId, _leaseOutputs);
        Settle(now);
    }

    public void PromiseFailed(TimeSpan now, long writeId)
    {
        _lease.PromiseFailed(now, writeId);
        Settle(now);
    }

    public void ActionDone(TimeSpan now, ActionResult result)
    {
        ReleaseAfterPause(now);
        _reconciler.Finish(now, result, _effects);
        Settle(now);
    }

    /// <summary>Something was done to a resource that runs here, by somebody else.</summary>
    public void Disturbed(TimeSpan now, ResourceId resource)
    {
        ReleaseAfterPause(now);
        _reconciler.LookAgain(now, resource);
        Settle(now);
    }

    /// <summary>O20: after a gap longer than the lease, release first and ask afterwards. The deadline itself does that: by now it has passed,
    /// and the reconciler sees it before any message that waited meanwhile is read.</summary>
    private void ReleaseAfterPause(TimeSpan now)
    {
        if (_lastStep is { } last && State.Definition is { } definition && now - last > definition.Timing.Lease)
        {
            _effects.Note($"paused for {(now - last).TotalSeconds:0.0} s, longer than the lease: releasing what is exclusive first");
            if (_options.ReconcilerRules.ReleasesAfterPause) Reconcile(now);
        }
        _lastStep = now;
    }

    /// <summary>Brings everything in line after an input, and sends what came of it.</summary>
    private void Settle(TimeSpan now)
    {
        _lastStep = now;
        StepSolo(now);
        Reconcile(now);
        Report(now);
        AnnounceLease();
        Lead(now);
        CheckLeaving(now);
        Flush();
        NextWake = Earliest(Earliest(_lease.NextWake, SoloWake(now)), Earliest(_reconciler.NextWake, NextLeaderWake()));
    }

    private void Reconcile(TimeSpan now)
    {
        // Before: nothing that acquires begins under an order that is older than its lease. After: nothing is left that acquires.
        GiveOrder(now);
        _reconciler.Step(
            new ReconcilerInput(now, State, EffectiveLeaseEnd, MayStart(now), _isClosing, IsRemoved, _isGuarded), _effects);
        GiveOrder(now);
    }

    /// <summary>What the previous incarnation left may be kept by whichever lease ends later.</summary>
    private TimeSpan? EffectiveLeaseEnd
    {
        get
        {
            var own = OwnLeaseEnd;
            return own is null || _inheritedLeaseEnd > own ? _inheritedLeaseEnd ?? own : own;
        }
    }

    private void Report(TimeSpan now)
    {
        ForgetToldCrontabs();
        var report = new NodeReport
        {
            Node = _options.Self,
            Incarnation = _options.Incarnation,
            BootId = _options.BootId,
            Applied = State.Version,
            Epoch = State.Nodes.TryGetValue(_options.Self, out var self) ? self.Epoch : LogIndex.None,
            ConfigDigest = OwnConfigDigest,
            IsLeaving = _isLeaving,
            Trouble = _trouble,
            HoldsExclusive = _reconciler.HoldsExclusive,
            Slots = _reconciler.Reports,
            Crontabs = [.. _crontabReports],
        };
        if (_reported is not null && NodeReports.AreEqual(_reported, report)) return;
        var isUrgent = _reported is null || !NodeReports.AreEqual(_reported with { Applied = report.Applied }, report);
        _reported = report;
        _isViewDirty = true;
        _lease.Report(report);
        if (isUrgent) _lease.SendNow(now, _leaseOutputs);
    }

    private void AnnounceLease()
    {
        if (OwnLeaseEnd == _announcedLeaseEnd) return;
        _announcedLeaseEnd = OwnLeaseEnd;
        _effects.LeaseMoved(_announcedLeaseEnd);
    }

    private void Flush()
    {
        foreach (var (to, message) in _leaseOutputs.Messages) _effects.Send(to, message);
        foreach (var (writeId, table) in _leaseOutputs.Writes) _effects.StorePromises(writeId, table);
        foreach (var note in _leaseOutputs.Notes) _effects.Note(note);
        _leaseOutputs.Clear();
    }

    private static TimeSpan Earliest(TimeSpan a, TimeSpan b) => a < b ? a : b;
}

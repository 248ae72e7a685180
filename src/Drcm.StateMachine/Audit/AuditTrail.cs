using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Audit;

/// <summary>Makes the rows of the audit history out of committed entries: every event, and the intervals that follow from them. Pure: the same entries give the
/// same rows. Single-threaded.</summary>
public sealed partial class AuditTrail
{
    private readonly SortedDictionary<SlotId, OpenOutage> _outages = [];
    private readonly SortedDictionary<SlotId, NodeId> _newestOwners = [];
    private readonly SortedDictionary<NodeId, LogIndex> _nodes = [];

    /// <param name="state">What the entries so far came to.</param>
    /// <param name="known">What is open, and was written before.</param>
    public AuditTrail(ClusterState state, OpenRows known)
    {
        State = state;
        foreach (var (slot, outage) in known.Outages) _outages[slot] = outage;
        foreach (var (slot, owner) in known.NewestOwners) _newestOwners[slot] = owner;
        foreach (var (node, row) in known.Nodes) _nodes[node] = row.Began;
    }

    /// <summary>The projection; its version is the newest entry that is written.</summary>
    public ClusterState State { get; private set; }

    /// <summary>Goes on where only a snapshot tells what became of the entries in between: what is open is made to agree with it.</summary>
    /// <param name="known">What is open, and was written before.</param>
    public static AuditTrail Resume(ClusterState snapshot, OpenRows known, IAuditRows rows)
    {
        var trail = new AuditTrail(snapshot, known);
        trail.Reconcile(known, rows);
        return trail;
    }

    /// <summary>Writes what one committed, effective entry adds.</summary>
    public void Apply(LogIndex index, Term term, EventBatch batch, IAuditRows rows)
    {
        if (index <= State.Version) throw new ArgumentException($"entry {index} is not newer than {State.Version}", nameof(index));
        var moment = new AuditMoment(index, batch.At);
        for (var ordinal = 0; ordinal < batch.Events.Length; ordinal++)
        {
            var entry = batch.Events[ordinal];
            var before = State;
            var outcome = Transition.ApplyOne(before, new EventContext(index, batch.At, entry.Reason), entry.Event);
            State = outcome.State;
            rows.Happened(EventLines.Of(index, ordinal, term, batch, entry, EventNames.Of(entry.Event), outcome.IsEffective));
            if (outcome.IsEffective) Note(before, entry, moment, rows);
        }
        State = State with { Version = index };
    }

    private void Note(ClusterState before, ReasonedEvent entry, AuditMoment moment, IAuditRows rows)
    {
        if (!ReferenceEquals(before.Slots, State.Slots))
        {
            foreach (var slot in Subjects(before, entry.Event))
                Compare(before, before.Slots.GetValueOrDefault(slot), State.Slots.GetValueOrDefault(slot), entry, moment, rows);
        }
        if (ReferenceEquals(before.Nodes, State.Nodes)) return;
        foreach (var node in State.Nodes.Values)
        {
            if (!before.Nodes.TryGetValue(node.Id, out var former) || former.Status != node.Status || former.Standby != node.Standby)
                Change(node, moment, entry.Reason, rows);
        }
        foreach (var gone in before.Nodes.Keys)
        {
            if (!State.Nodes.ContainsKey(gone)) End(gone, moment, rows);
        }
    }

    /// <summary>The slots that an event can change.</summary>
    private IEnumerable<SlotId> Subjects(ClusterState before, ClusterEvent happened) => happened switch
    {
        SlotAssigned e => [e.Slot],
        SlotRevoked e => [e.Slot],
        SlotReleased e => [e.Slot],
        ResourceStarted e => [e.Slot],
        ResourceStopped e => [e.Slot],
        ResourceUnknown e => [e.Slot],
        NodeStarted e => OwnedBy(before, e.Node),
        NodeDown e => OwnedBy(before, e.Node),
        NodeFenced e => OwnedBy(before, e.Node),
        ClusterConfigured => [.. before.Slots.Keys.Union(State.Slots.Keys)],
        _ => [],
    };

    private static List<SlotId> OwnedBy(ClusterState state, NodeId node) => [.. state.Slots.Values.Where(s => s.Owner == node).Select(s => s.Id)];

    private void Compare(ClusterState before, SlotState? former, SlotState? slot, ReasonedEvent entry, AuditMoment moment, IAuditRows rows)
    {
        var id = (slot ?? former)!.Id;
        var cause = CauseOf(before, former, entry.Event);
        if (former is { Owner: not null } && (slot?.Owner is null || slot.Token != former.Token))
            rows.OwnershipEnded(id, former.Token, moment, EndOf(id, cause, former));
        var neededOwner = former is not null && OpenRows.NeedsOwner(former);
        var needsOwner = slot is not null && OpenRows.NeedsOwner(slot);
        if (!neededOwner && needsOwner) BeginOutage(id, moment, cause, entry.Reason, rows);
        if (slot is { Owner: { } owner } && (former?.Owner is null || slot.Token != former.Token)) BeginOwnership(slot, owner, moment, rows);
        if (slot is { Phase: SlotPhase.Started } && former?.Phase != SlotPhase.Started) rows.OwnershipStarted(id, slot.Token, moment);
        if (neededOwner && !needsOwner) EndOutage(id, moment, slot is { Phase: SlotPhase.Started } ? slot.Owner : null, rows);
        if (slot is null) _newestOwners.Remove(id);
    }

    private void BeginOwnership(SlotState slot, NodeId owner, AuditMoment moment, IAuditRows rows)
    {
        var isHome = owner == slot.Id.Home;
        var wasElsewhere = _newestOwners.TryGetValue(slot.Id, out var former) && former != slot.Id.Home;
        var kind = !isHome ? OwnershipKind.Takeover : wasElsewhere ? OwnershipKind.Failback : OwnershipKind.Start;
        var cause = _outages.TryGetValue(slot.Id, out var outage) ? outage.Cause : AuditCause.Gap;
        _newestOwners[slot.Id] = owner;
        rows.OwnershipBegan(slot.Id, slot.Token, owner, moment.At, kind, cause, slot.Reason);
    }

    private void BeginOutage(SlotId slot, AuditMoment moment, AuditCause cause, string why, IAuditRows rows)
    {
        _outages[slot] = new OpenOutage(moment.Index, cause);
        var silence = cause == AuditCause.Death ? State.Definition!.Timing.DeadAfter : TimeSpan.Zero;
        rows.OutageBegan(slot, moment, silence, cause, why);
    }

    private void EndOutage(SlotId slot, AuditMoment moment, NodeId? owner, IAuditRows rows)
    {
        if (_outages.Remove(slot, out var outage)) rows.OutageEnded(slot, outage.Began, moment, owner);
    }

    private void Change(NodeState node, AuditMoment moment, string why, IAuditRows rows)
    {
        End(node.Id, moment, rows);
        _nodes[node.Id] = moment.Index;
        rows.NodeChanged(node.Id, moment, node.Status, node.Standby, why);
    }

    private void End(NodeId node, AuditMoment moment, IAuditRows rows)
    {
        if (_nodes.Remove(node, out var began)) rows.NodeIntervalEnded(node, began, moment);
    }
}

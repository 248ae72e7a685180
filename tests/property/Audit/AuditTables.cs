using Drcm.StateMachine;
using Drcm.StateMachine.Audit;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;

namespace Drcm.Property.Tests.Audit;

internal sealed record OwnedRow(SlotId Slot, LogIndex Token, NodeId Owner, OwnershipKind Kind, AuditCause Cause)
{
    public bool IsStarted { get; init; }

    public AuditCause? Ended { get; init; }
}

internal sealed record LostRow(SlotId Slot, LogIndex Began, AuditCause Cause, TimeSpan Silence)
{
    public LogIndex? Until { get; init; }

    public NodeId? Owner { get; init; }
}

internal sealed record NodeRow(NodeId Node, LogIndex Began, NodeStatus Status, StandbyKind Standby)
{
    public LogIndex? Until { get; init; }
}

/// <summary>The tables in memory. Opening what is open, or closing what is not, is an error here.</summary>
internal sealed class AuditTables : IAuditRows
{
    public List<EventLine> Events { get; } = [];

    public SortedDictionary<(SlotId Slot, LogIndex Token), OwnedRow> Owned { get; } = [];

    public SortedDictionary<(SlotId Slot, LogIndex Began), LostRow> Lost { get; } = [];

    public SortedDictionary<(NodeId Node, LogIndex Began), NodeRow> Nodes { get; } = [];

    /// <summary>Broken on purpose: ends are forgotten.</summary>
    public bool ForgetsEnds { get; init; }

    public OpenRows Open() => OpenRows.From(
        Owned.Values.Where(o => o.Ended is null).Select(o => KeyValuePair.Create(o.Slot, new OpenOwnership(o.Token, o.Owner, o.IsStarted))),
        Lost.Values.Where(o => o.Until is null).Select(o => KeyValuePair.Create(o.Slot, new OpenOutage(o.Began, o.Cause))),
        Nodes.Values.Where(n => n.Until is null).Select(n => KeyValuePair.Create(n.Node, new OpenNode(n.Began, n.Status, n.Standby))),
        Owned.Values.GroupBy(o => o.Slot).Select(g => KeyValuePair.Create(g.Key, g.MaxBy(o => o.Token)!.Owner)));

    public void Happened(EventLine line) => Events.Add(line);

    public void OwnershipBegan(SlotId slot, LogIndex token, NodeId owner, DateTimeOffset at, OwnershipKind kind, AuditCause cause, string why) =>
        Owned[(slot, token)] = new OwnedRow(slot, token, owner, kind, cause);

    public void OwnershipStarted(SlotId slot, LogIndex token, AuditMoment at) => Owned[(slot, token)] = Owned[(slot, token)] with { IsStarted = true };

    public void OwnershipEnded(SlotId slot, LogIndex token, AuditMoment at, AuditCause cause)
    {
        if (ForgetsEnds) return;
        if (Owned[(slot, token)].Ended is not null) throw new InvalidOperationException($"{slot} under {token} ends twice");
        Owned[(slot, token)] = Owned[(slot, token)] with { Ended = cause };
    }

    public void OutageBegan(SlotId slot, AuditMoment at, TimeSpan silence, AuditCause cause, string why) =>
        Lost[(slot, at.Index)] = new LostRow(slot, at.Index, cause, silence);

    public void OutageEnded(SlotId slot, LogIndex began, AuditMoment at, NodeId? owner)
    {
        if (Lost[(slot, began)].Until is not null) throw new InvalidOperationException($"the outage of {slot} at {began} ends twice");
        Lost[(slot, began)] = Lost[(slot, began)] with { Until = at.Index, Owner = owner };
    }

    public void NodeChanged(NodeId node, AuditMoment at, NodeStatus status, StandbyKind standby, string why) =>
        Nodes[(node, at.Index)] = new NodeRow(node, at.Index, status, standby);

    public void NodeIntervalEnded(NodeId node, LogIndex began, AuditMoment at) => Nodes[(node, began)] = Nodes[(node, began)] with { Until = at.Index };
}

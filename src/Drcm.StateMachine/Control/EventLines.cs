using System.Diagnostics;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Control;

/// <summary>Makes <see cref="EventLine"/>s of committed events.</summary>
public static class EventLines
{
    /// <summary>Name of the line that stands for events which are not there any more; no event of the log has it.</summary>
    public const string GapName = "history.gap";

    /// <summary>In place of the events after <paramref name="after"/> up to <paramref name="upTo"/>, which a snapshot holds.</summary>
    /// <param name="state">Of the snapshot.</param>
    public static EventLine Gap(LogIndex after, LogIndex upTo, Term term, ClusterState state) => new(
        upTo.Value, 0, term.Value, NewestTime(state), "log", GapName, null, null, null, null, null,
        after == LogIndex.None
            ? $"events up to index {upTo} are in the snapshot: this node's history begins after it"
            : $"events after index {after} up to {upTo} are in the snapshot: this node has not got them",
        IsEffective: true);

    /// <param name="name">Stored name of the event.</param>
    public static EventLine Of(
        LogIndex index, int ordinal, Term term, EventBatch batch, ReasonedEvent reasoned, string name, bool isEffective)
    {
        var subject = SubjectOf(reasoned.Event);
        return new EventLine(
            index.Value,
            ordinal,
            term.Value,
            batch.At,
            batch.Actor,
            name,
            subject.Node?.Value,
            subject.Slot?.Resource.ToString(),
            subject.Slot?.ToString(),
            subject.Token ?? (reasoned.Event is SlotAssigned ? index.Value : null),
            subject.Detail,
            reasoned.Reason,
            isEffective);
    }

    /// <summary>A snapshot tells the time of what still shows; the newest of that is the best that can be said of its end.</summary>
    private static DateTimeOffset NewestTime(ClusterState state) =>
        state.Nodes.Values.Select(n => n.Since).Concat(state.Slots.Values.Select(s => s.Since)).DefaultIfEmpty().Max();

    private static Subject SubjectOf(ClusterEvent happened) => happened switch
    {
        ClusterConfigured => new Subject(),
        VoterAdded e => new Subject(e.Node, Detail: $"after the voters of index {e.After}"),
        TimingSettled e => new Subject(Detail: $"after the times of index {e.After}"),
        KeyRotationAdvanced e => new Subject(Detail: $"new key SHA256:{e.Fingerprint}"),
        VoterRemoved e => new Subject(e.Node, Detail: $"after the voters of index {e.After}"),
        NodeStarted e => new Subject(e.Node, Detail: $"incarnation {e.Incarnation}, boot {e.BootId}"),
        NodeUp e => new Subject(e.Node),
        SuspicionClosed e => new Subject(e.Node),
        NodeDown e => new Subject(e.Node, Detail: $"expired by {string.Join(", ", e.ExpiredBy)} in round {e.Round}"),
        NodeStandby e => new Subject(e.Node, Detail: Words.Of(e.Kind)),
        NodeActivated e => new Subject(e.Node),
        NodeJoined e => new Subject(e.Node),
        NodeLeft e => new Subject(e.Node),
        SlotAssigned e => new Subject(e.Node, e.Slot),
        SlotRevoked e => new Subject(null, e.Slot, e.Token.Value),
        SlotReleased e => new Subject(null, e.Slot, e.Token.Value),
        ResourceStarted e => new Subject(null, e.Slot, e.Token.Value),
        ResourceStopped e => new Subject(null, e.Slot, e.Token.Value),
        ResourceFailed e => new Subject(null, e.Slot, e.Token.Value, e.Detail),
        ResourceUnknown e => new Subject(null, e.Slot, e.Token.Value, e.Detail),
        FailuresCleared e => new Subject(e.Node, e.Slot),
        MoveRequested e => new Subject(e.Target, e.Slot),
        MoveExpired e => new Subject(null, e.Slot),
        MaintenanceEntered or MaintenanceLeft => new Subject(),
        NodeFenced e => new Subject(e.Node, Detail: e.By),
        QuorumSoloArmed e => new Subject(Detail: $"after the voters of index {e.After}"),
        QuorumSoloDisarmed => new Subject(),
        QuorumSoloEntered e => new Subject(e.Node),
        QuorumSoloLeft e => new Subject(e.Node),
        AlertSent e => new Subject(Detail: e.Summary),
        CronMissed e => new Subject(null, e.Slot, e.Token.Value, $"{e.From:u} to {e.Until:u}, {e.Detail}"),
        CronInterrupted e => new Subject(e.Node, e.Slot, e.Token.Value, e.Detail),
        CronCaughtUp e => new Subject(e.Node, e.Slot, e.Token.Value, e.Detail),
        _ => throw new UnreachableException(happened.GetType().Name),
    };

    private readonly record struct Subject(
        NodeId? Node = null, SlotId? Slot = null, long? Token = null, string? Detail = null);
}

using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Explanations;

/// <summary>What a proposed event is about.</summary>
internal static class EventSubject
{
    public static SlotId? SlotOf(ClusterEvent happened) => happened switch
    {
        SlotAssigned e => e.Slot,
        SlotRevoked e => e.Slot,
        SlotReleased e => e.Slot,
        ResourceStarted e => e.Slot,
        ResourceStopped e => e.Slot,
        ResourceFailed e => e.Slot,
        ResourceUnknown e => e.Slot,
        FailuresCleared e => e.Slot,
        MoveRequested e => e.Slot,
        MoveExpired e => e.Slot,
        CronMissed e => e.Slot,
        CronInterrupted e => e.Slot,
        _ => null,
    };

    public static NodeId? NodeOf(ClusterEvent happened) => happened switch
    {
        NodeStarted e => e.Node,
        NodeUp e => e.Node,
        NodeDown e => e.Node,
        NodeStandby e => e.Node,
        NodeActivated e => e.Node,
        NodeFenced e => e.Node,
        NodeJoined e => e.Node,
        SuspicionClosed e => e.Node,
        VoterAdded e => e.Node,
        VoterRemoved e => e.Node,
        _ => null,
    };
}

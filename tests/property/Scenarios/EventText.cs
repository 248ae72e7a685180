using Drcm.StateMachine.Events;

namespace Drcm.Property.Tests.Scenarios;

/// <summary>One event as it stands in a story.</summary>
internal static class EventText
{
    public static string Of(ClusterEvent @event) => $"{EventNames.Of(@event)}{Arguments(@event)}";

    private static string Arguments(ClusterEvent @event) => @event switch
    {
        NodeStarted e => $" {e.Node} incarnation={e.Incarnation}",
        NodeUp e => $" {e.Node}",
        SuspicionClosed e => $" {e.Node}",
        NodeDown e => $" {e.Node} round={e.Round} by={string.Join(',', e.ExpiredBy)}",
        NodeStandby e => $" {e.Node} {e.Kind.ToString().ToLowerInvariant()}",
        NodeActivated e => $" {e.Node}",
        NodeFenced e => $" {e.Node}",
        SlotAssigned e => $" {e.Slot} -> {e.Node}",
        SlotRevoked e => $" {e.Slot} token={e.Token}",
        SlotReleased e => $" {e.Slot} token={e.Token}",
        ResourceStarted e => $" {e.Slot} token={e.Token}",
        ResourceStopped e => $" {e.Slot} token={e.Token}",
        ResourceFailed e => $" {e.Slot} token={e.Token} number={e.FailureNumber}",
        ResourceUnknown e => $" {e.Slot} token={e.Token}",
        FailuresCleared e => $" {e.Slot} on {e.Node}",
        MoveRequested e => $" {e.Slot} -> {e.Target}",
        MoveExpired e => $" {e.Slot}",
        VoterAdded e => $" {e.Node} after={e.After}",
        KeyRotationAdvanced e => $" {e.Step} {e.Fingerprint}",
        VoterRemoved e => $" {e.Node} after={e.After}",
        TimingSettled e => $" after={e.After}",
        NodeJoined e => $" {e.Node}",
        _ => "",
    };
}

using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.Property.Tests.Cluster;

/// <summary>Events that no sound leader would propose, often one field away from a valid one.</summary>
internal static class RandomEvents
{
    public static ClusterEvent Of(ClusterState state, NodeId node, SlotId slotId, byte verb, byte choice)
    {
        var slot = state.Slots[slotId];
        var owner = slot.Owner ?? node;
        var current = state.Nodes.GetValueOrDefault(owner)?.Incarnation ?? default;
        var token = (choice & 1) == 0 ? slot.Token : new LogIndex(slot.Token.Value - 1);
        var incarnation = (choice & 2) == 0 ? current : new Incarnation(current.Value - 1);
        var known = state.Nodes.GetValueOrDefault(node);
        var round = known?.Round ?? default;
        var voters = state.Voters;
        var wanted = Topology.Of(state.Definition!).WantedVoters;
        var up = state.Nodes.Values.Where(n => n.Status == NodeStatus.Up).Select(n => n.Id).Skip(choice & 1);
        var after = (choice & 2) == 0 ? state.VotersAt : new LogIndex(state.VotersAt.Value - 1);
        return (((choice >> 2) + verb) % 22) switch
        {
            0 or 1 => new SlotAssigned(slotId, node),
            2 => new SlotRevoked(slotId, token),
            3 => new ResourceStarted(slotId, token, incarnation),
            4 or 5 => new ResourceStopped(slotId, token, incarnation),
            6 => new ResourceFailed(slotId, token, incarnation, choice, "exit status 1"),
            7 => new ResourceUnknown(slotId, token, incarnation, "stop timed out"),
            8 => new NodeStarted(node, new Incarnation((known?.Incarnation.Value ?? 0) - (choice & 1)), $"boot-{choice % 3}"),
            9 => new NodeUp(node, known?.Incarnation ?? default),
            10 => new SuspicionClosed(node),
            11 => new NodeDown(node, (choice & 1) == 0 ? round : new LogIndex(round.Value - 1), [.. voters]),
            12 => new NodeDown(node, round, [.. voters.Take(1)]),
            13 => new NodeStandby(node, (StandbyKind)(choice % 3)),
            14 => new MoveRequested(slotId, node),
            15 => new FailuresCleared(slotId, node),
            16 => new VoterAdded(node, after, [.. up]),
            17 => new VoterRemoved(node, after, [.. up]),
            18 => new NodeDown(node, round, [.. wanted]),
            19 => new NodeStarted(node, new Incarnation((known?.Incarnation.Value ?? 0) + 1), $"boot-{choice % 3}", $"spool-{choice % 2}"),
            20 => new NodeJoined(node),
            21 when (choice & 1) == 0 => new SlotReleased(slotId, token),
            _ => new ClusterConfigured("[CM_SERVER"),
        };
    }
}

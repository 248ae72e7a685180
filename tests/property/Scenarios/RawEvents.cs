using System.Globalization;
using Drcm.StateMachine;
using Drcm.StateMachine.Events;

namespace Drcm.Property.Tests.Scenarios;

/// <summary><c>event …</c>: an entry that a confused or malicious leader might append; Apply must bear it.</summary>
internal static class RawEvents
{
    public static void Append(StoryRun run, string[] words)
    {
        run.Cluster.Append([new ReasonedEvent(Parse(run, words), "appended by the story")]);
        run.WriteEvents();
    }

    private static ClusterEvent Parse(StoryRun run, string[] words) => words switch
    {
        ["node.started", var node, var incarnation, var boot] => new NodeStarted(new(node), new(Number(incarnation)), boot),
        ["node.up", var node, var incarnation] => new NodeUp(new(node), new(Number(incarnation))),
        ["node.down", var node, var round, .. var by] =>
            new NodeDown(new(node), new(Number(round)), [.. by.Select(b => new NodeId(b))]),
        ["suspicion.closed", var node] => new SuspicionClosed(new(node)),
        ["slot.assigned", var slot, var node] => new SlotAssigned(run.Slot(slot), new(node)),
        ["slot.revoked", var slot, var token] => new SlotRevoked(run.Slot(slot), new(Number(token))),
        ["slot.released", var slot, var token] => new SlotReleased(run.Slot(slot), new(Number(token))),
        ["resource.started", var slot, var token, var inc] => new ResourceStarted(run.Slot(slot), new(Number(token)), new(Number(inc))),
        ["resource.stopped", var slot, var token, var inc] => new ResourceStopped(run.Slot(slot), new(Number(token)), new(Number(inc))),
        ["resource.failed", var slot, var token, var inc, var number] =>
            new ResourceFailed(run.Slot(slot), new(Number(token)), new(Number(inc)), (int)Number(number), "exit status 1"),
        ["resource.unknown", var slot, var token, var inc] =>
            new ResourceUnknown(run.Slot(slot), new(Number(token)), new(Number(inc)), "stop timed out"),
        ["cluster.configured", "garbage"] => new ClusterConfigured("[CM_SERVER"),
        ["node.fenced", var node] => new NodeFenced(new(node), "pdu"),
        ["quorum.solo_entered", var node] => new QuorumSoloEntered(new(node)),
        ["node.joined", var node] => new NodeJoined(new(node)),
        ["timing.settled", var after, .. var by] => new TimingSettled(new(Number(after)), [.. by.Select(b => new NodeId(b))]),
        ["voter.added", var node, var after, .. var by] => new VoterAdded(new(node), new(Number(after)), [.. by.Select(b => new NodeId(b))]),
        ["voter.removed", var node, var after, .. var by] => new VoterRemoved(new(node), new(Number(after)), [.. by.Select(b => new NodeId(b))]),
        _ => throw new ArgumentException($"unknown event '{string.Join(' ', words)}'", nameof(words)),
    };

    private static long Number(string text) =>
        long.Parse(text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
}

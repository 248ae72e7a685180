using Drcm.StateMachine;
using Drcm.StateMachine.Events;

namespace Drcm.Property.Tests.Events;

/// <summary>One event of every type, with every field filled.</summary>
internal static class EventSamples
{
    private static readonly NodeId Node = new("n1");
    private static readonly SlotId Slot = new(new ResourceId(ResourceKind.Ip, "web@1"), Node);
    private static readonly SlotId Jobs = new(new ResourceId(ResourceKind.Cron, "jobs"), Node);
    private static readonly LogIndex Token = new(4_294_967_296);
    private static readonly Incarnation Run = new(7);

    public static ClusterEvent[] All { get; } =
    [
        new ClusterConfigured("[CM_SERVER]\nudpport = 53897\n"),
        new NodeJoined(Node),
        new NodeStarted(Node, Run, "0e2f7a6c"),
        new NodeUp(Node, Run),
        new SuspicionClosed(Node),
        new NodeDown(Node, new LogIndex(14), [new NodeId("n2"), new NodeId("n3")]),
        new NodeStandby(Node, StandbyKind.Shutdown),
        new NodeActivated(Node),
        new NodeLeft(Node),
        new SlotAssigned(Slot, Node),
        new SlotRevoked(Slot, Token),
        new ResourceStarted(Slot, Token, Run),
        new ResourceStopped(Slot, Token, Run),
        new ResourceFailed(Slot, Token, Run, 3, "exit status 1: größer"),
        new ResourceUnknown(Slot, Token, Run, "stop timed out"),
        new FailuresCleared(Slot, Node),
        new MoveRequested(Slot, Node),
        new MoveExpired(Slot),
        new MaintenanceEntered(),
        new MaintenanceLeft(),
        new NodeFenced(Node, "rack power switch"),
        new QuorumSoloEntered(Node),
        new QuorumSoloLeft(Node),
        new AlertSent("n1 is down"),
        new VoterAdded(Node, new LogIndex(90), [new NodeId("n1"), new NodeId("n2")]),
        new VoterRemoved(Node, new LogIndex(91), [new NodeId("n2")]),
        new TimingSettled(new LogIndex(92), [new NodeId("n1"), new NodeId("n2")]),
        new KeyRotationAdvanced(KeyStep.SendNew, "5f70bf18", [new NodeId("n1"), new NodeId("n2")]),
        new CronMissed(Jobs, Token, Run, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), new DateTimeOffset(2026, 1, 2, 3, 6, 0, TimeSpan.Zero), 3, "line 2, 7"),
        new CronInterrupted(Jobs, Token, Node, 1, "sh -c backup (process 4711)"),
        new CronCaughtUp(Jobs, Token, Node, 2, "line 2: exit 0; line 7: exit 3"),
        new SlotReleased(Slot, Token),
        new QuorumSoloArmed(new LogIndex(93), [new NodeId("n1"), new NodeId("n2")]),
        new QuorumSoloDisarmed(),
    ];

    /// <summary>The same events with fields that came later, by the name of their file.</summary>
    public static SortedDictionary<string, ClusterEvent> Grown { get; } = new(StringComparer.Ordinal)
    {
        ["cluster.configured+file"] = new ClusterConfigured("[CM_SERVER]\nudpport = 53897\n", "# ours\n[CM_SERVER]\n"),
        ["node.started+identity"] = new NodeStarted(Node, Run, "0e2f7a6c", "5f0c2a8e"),
        ["resource.failed+conflict"] = new ResourceFailed(Slot, Token, Run, 3, "answered by 02:00:00:00:00:07") { IsConflict = true },
    };

    public static EventBatch Batch(params ClusterEvent[] events) => new(
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "node:n1", [.. events.Select(e => new ReasonedEvent(e, "because"))]);
}

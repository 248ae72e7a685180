using System.Collections.Immutable;
using System.Diagnostics;

namespace Drcm.StateMachine.Events;

/// <summary>The stored name of every event (DESIGN 5): one table, apart from class names. Entries are added, never renamed,
/// never reused, never removed.</summary>
public static class EventNames
{
    /// <summary>Every stored name with its type, in the order in which they came.</summary>
    public static ImmutableArray<(string Name, Type Type)> All { get; } =
    [
        ("cluster.configured", typeof(ClusterConfigured)),
        ("node.joined", typeof(NodeJoined)),
        ("node.started", typeof(NodeStarted)),
        ("node.up", typeof(NodeUp)),
        ("suspicion.closed", typeof(SuspicionClosed)),
        ("node.down", typeof(NodeDown)),
        ("node.standby", typeof(NodeStandby)),
        ("node.activated", typeof(NodeActivated)),
        ("node.left", typeof(NodeLeft)),
        ("slot.assigned", typeof(SlotAssigned)),
        ("slot.revoked", typeof(SlotRevoked)),
        ("resource.started", typeof(ResourceStarted)),
        ("resource.stopped", typeof(ResourceStopped)),
        ("resource.failed", typeof(ResourceFailed)),
        ("resource.unknown", typeof(ResourceUnknown)),
        ("failures.cleared", typeof(FailuresCleared)),
        ("move.requested", typeof(MoveRequested)),
        ("move.expired", typeof(MoveExpired)),
        ("maintenance.entered", typeof(MaintenanceEntered)),
        ("maintenance.left", typeof(MaintenanceLeft)),
        ("node.fenced", typeof(NodeFenced)),
        ("quorum.solo_entered", typeof(QuorumSoloEntered)),
        ("quorum.solo_left", typeof(QuorumSoloLeft)),
        ("alert.sent", typeof(AlertSent)),
        ("voter.added", typeof(VoterAdded)),
        ("voter.removed", typeof(VoterRemoved)),
        ("timing.settled", typeof(TimingSettled)),
        ("key.rotation_advanced", typeof(KeyRotationAdvanced)),
        ("cron.missed", typeof(CronMissed)),
        ("cron.interrupted", typeof(CronInterrupted)),
        ("cron.caught_up", typeof(CronCaughtUp)),
        ("slot.released", typeof(SlotReleased)),
        ("quorum.solo_armed", typeof(QuorumSoloArmed)),
        ("quorum.solo_disarmed", typeof(QuorumSoloDisarmed)),
    ];

    /// <summary>The stored name of an event.</summary>
    public static string Of(ClusterEvent @event)
    {
        var type = @event.GetType();
        foreach (var entry in All)
        {
            if (entry.Type == type) return entry.Name;
        }
        throw new UnreachableException($"{type.Name} is missing in the table of stored names");
    }
}

using System.Diagnostics;
using MessagePack;

namespace Drcm.StateMachine.Events;

/// <summary>The fields of each event, in stored order. Fields are added at the end, with a default for entries that lack them.</summary>
internal static class EventFields
{
    public static void Write(ref MessagePackWriter w, ClusterEvent @event)
    {
        switch (@event)
        {
            case ClusterConfigured e:
                Head(ref w, e.File.Length == 0 ? 1 : 2);
                DefinitionPacking.Write(ref w, e.Definition);
                if (e.File.Length > 0) DefinitionPacking.Write(ref w, e.File);
                break;
            case NodeJoined e: Head(ref w, 1); FieldWriting.Node(ref w, e.Node); break;
            case NodeStarted e:
                Head(ref w, e.Identity.Length == 0 ? 3 : 4);
                FieldWriting.Node(ref w, e.Node);
                w.Write(e.Incarnation.Value);
                FieldWriting.Text(ref w, e.BootId, EventLimits.NameBytesMax);
                if (e.Identity.Length > 0) FieldWriting.Text(ref w, e.Identity, EventLimits.NameBytesMax);
                break;
            case NodeUp e: Head(ref w, 2); FieldWriting.Node(ref w, e.Node); w.Write(e.Incarnation.Value); break;
            case SuspicionClosed e: Head(ref w, 1); FieldWriting.Node(ref w, e.Node); break;
            case NodeDown e:
                Head(ref w, 3);
                FieldWriting.Node(ref w, e.Node);
                w.Write(e.Round.Value);
                FieldWriting.Nodes(ref w, e.ExpiredBy);
                break;
            case NodeStandby e: Head(ref w, 2); FieldWriting.Node(ref w, e.Node); w.Write((int)e.Kind); break;
            case NodeActivated e: Head(ref w, 1); FieldWriting.Node(ref w, e.Node); break;
            case NodeLeft e: Head(ref w, 1); FieldWriting.Node(ref w, e.Node); break;
            case SlotAssigned e: Head(ref w, 2); FieldWriting.Slot(ref w, e.Slot); FieldWriting.Node(ref w, e.Node); break;
            case SlotRevoked e: Head(ref w, 2); FieldWriting.Slot(ref w, e.Slot); w.Write(e.Token.Value); break;
            case SlotReleased e: Head(ref w, 2); FieldWriting.Slot(ref w, e.Slot); w.Write(e.Token.Value); break;
            case ResourceStarted e: Report(ref w, 3, e.Slot, e.Token, e.Incarnation); break;
            case ResourceStopped e: Report(ref w, 3, e.Slot, e.Token, e.Incarnation); break;
            case ResourceFailed e:
                Report(ref w, e.IsConflict ? 6 : 5, e.Slot, e.Token, e.Incarnation);
                w.Write(e.FailureNumber);
                FieldWriting.Text(ref w, e.Detail, EventLimits.TextBytesMax);
                if (e.IsConflict) w.Write(e.IsConflict);
                break;
            case ResourceUnknown e:
                Report(ref w, 4, e.Slot, e.Token, e.Incarnation);
                FieldWriting.Text(ref w, e.Detail, EventLimits.TextBytesMax);
                break;
            case FailuresCleared e: Head(ref w, 2); FieldWriting.Slot(ref w, e.Slot); FieldWriting.Node(ref w, e.Node); break;
            case MoveRequested e: Head(ref w, 2); FieldWriting.Slot(ref w, e.Slot); FieldWriting.Node(ref w, e.Target); break;
            case MoveExpired e: Head(ref w, 1); FieldWriting.Slot(ref w, e.Slot); break;
            case MaintenanceEntered: Head(ref w, 0); break;
            case MaintenanceLeft: Head(ref w, 0); break;
            case NodeFenced e:
                Head(ref w, 2);
                FieldWriting.Node(ref w, e.Node);
                FieldWriting.Text(ref w, e.By, EventLimits.TextBytesMax);
                break;
            case QuorumSoloArmed e: Head(ref w, 2); w.Write(e.After.Value); FieldWriting.Nodes(ref w, e.ReportedBy); break;
            case QuorumSoloDisarmed: Head(ref w, 0); break;
            case QuorumSoloEntered e: Head(ref w, 1); FieldWriting.Node(ref w, e.Node); break;
            case QuorumSoloLeft e: Head(ref w, 1); FieldWriting.Node(ref w, e.Node); break;
            case AlertSent e: Head(ref w, 1); FieldWriting.Text(ref w, e.Summary, EventLimits.TextBytesMax); break;
            case VoterAdded e: VoterChange(ref w, e.Node, e.After, e.ReportedBy); break;
            case VoterRemoved e: VoterChange(ref w, e.Node, e.After, e.ReportedBy); break;
            case TimingSettled e: Head(ref w, 2); w.Write(e.After.Value); FieldWriting.Nodes(ref w, e.ReportedBy); break;
            case KeyRotationAdvanced e:
                Head(ref w, 3);
                w.Write((int)e.Step);
                FieldWriting.Text(ref w, e.Fingerprint, EventLimits.NameBytesMax);
                FieldWriting.Nodes(ref w, e.ConfirmedBy);
                break;
            case CronMissed e:
                Report(ref w, 7, e.Slot, e.Token, e.Incarnation);
                w.Write(e.From.UtcTicks);
                w.Write(e.Until.UtcTicks);
                w.Write(e.Count);
                FieldWriting.Text(ref w, e.Detail, EventLimits.TextBytesMax);
                break;
            case CronInterrupted e: CrontabRuns(ref w, e.Slot, e.Token, e.Node, e.Count, e.Detail); break;
            case CronCaughtUp e: CrontabRuns(ref w, e.Slot, e.Token, e.Node, e.Count, e.Detail); break;
            default: throw new UnreachableException($"{@event.GetType().Name} has no stored form");
        }
    }

    public static ClusterEvent Read(ref MessagePackReader r, string name, int fields, out int used)
    {
        used = Fields(name);
        if (fields < used) throw new CorruptEventException($"{name} with {fields} fields");
        var hasMore = fields > used && HasOptional(name);
        if (hasMore) used++;
        return name switch
        {
            "cluster.configured" => new ClusterConfigured(DefinitionPacking.Read(ref r), hasMore ? DefinitionPacking.Read(ref r) : ""),
            "node.joined" => new NodeJoined(FieldReading.Node(ref r)),
            "node.started" => new NodeStarted(
                FieldReading.Node(ref r), FieldReading.Incarnation(ref r), FieldReading.Text(ref r, EventLimits.NameBytesMax),
                hasMore ? FieldReading.Text(ref r, EventLimits.NameBytesMax) : ""),
            "node.up" => new NodeUp(FieldReading.Node(ref r), FieldReading.Incarnation(ref r)),
            "suspicion.closed" => new SuspicionClosed(FieldReading.Node(ref r)),
            "node.down" => new NodeDown(FieldReading.Node(ref r), FieldReading.Index(ref r), FieldReading.Nodes(ref r)),
            "node.standby" => new NodeStandby(FieldReading.Node(ref r), FieldReading.Standby(ref r)),
            "node.activated" => new NodeActivated(FieldReading.Node(ref r)),
            "node.left" => new NodeLeft(FieldReading.Node(ref r)),
            "slot.assigned" => new SlotAssigned(FieldReading.Slot(ref r), FieldReading.Node(ref r)),
            "slot.revoked" => new SlotRevoked(FieldReading.Slot(ref r), FieldReading.Index(ref r)),
            "slot.released" => new SlotReleased(FieldReading.Slot(ref r), FieldReading.Index(ref r)),
            "resource.started" => new ResourceStarted(
                FieldReading.Slot(ref r), FieldReading.Index(ref r), FieldReading.Incarnation(ref r)),
            "resource.stopped" => new ResourceStopped(
                FieldReading.Slot(ref r), FieldReading.Index(ref r), FieldReading.Incarnation(ref r)),
            "resource.failed" => new ResourceFailed(
                FieldReading.Slot(ref r), FieldReading.Index(ref r), FieldReading.Incarnation(ref r), r.ReadInt32(),
                FieldReading.Text(ref r, EventLimits.TextBytesMax))
            {
                IsConflict = hasMore && r.ReadBoolean(),
            },
            "resource.unknown" => new ResourceUnknown(
                FieldReading.Slot(ref r), FieldReading.Index(ref r), FieldReading.Incarnation(ref r),
                FieldReading.Text(ref r, EventLimits.TextBytesMax)),
            "failures.cleared" => new FailuresCleared(FieldReading.Slot(ref r), FieldReading.Node(ref r)),
            "move.requested" => new MoveRequested(FieldReading.Slot(ref r), FieldReading.Node(ref r)),
            "move.expired" => new MoveExpired(FieldReading.Slot(ref r)),
            "maintenance.entered" => new MaintenanceEntered(),
            "maintenance.left" => new MaintenanceLeft(),
            "node.fenced" => new NodeFenced(FieldReading.Node(ref r), FieldReading.Text(ref r, EventLimits.TextBytesMax)),
            "quorum.solo_armed" => new QuorumSoloArmed(FieldReading.Index(ref r), FieldReading.Nodes(ref r)),
            "quorum.solo_disarmed" => new QuorumSoloDisarmed(),
            "quorum.solo_entered" => new QuorumSoloEntered(FieldReading.Node(ref r)),
            "quorum.solo_left" => new QuorumSoloLeft(FieldReading.Node(ref r)),
            "alert.sent" => new AlertSent(FieldReading.Text(ref r, EventLimits.TextBytesMax)),
            "voter.added" => new VoterAdded(FieldReading.Node(ref r), FieldReading.Index(ref r), FieldReading.Nodes(ref r)),
            "voter.removed" => new VoterRemoved(FieldReading.Node(ref r), FieldReading.Index(ref r), FieldReading.Nodes(ref r)),
            "timing.settled" => new TimingSettled(FieldReading.Index(ref r), FieldReading.Nodes(ref r)),
            "key.rotation_advanced" => new KeyRotationAdvanced(
                FieldReading.KeyStep(ref r), FieldReading.Text(ref r, EventLimits.NameBytesMax), FieldReading.Nodes(ref r)),
            "cron.missed" => new CronMissed(
                FieldReading.Slot(ref r), FieldReading.Index(ref r), FieldReading.Incarnation(ref r), FieldReading.Time(ref r),
                FieldReading.Time(ref r), r.ReadInt32(), FieldReading.Text(ref r, EventLimits.TextBytesMax)),
            "cron.interrupted" => new CronInterrupted(
                FieldReading.Slot(ref r), FieldReading.Index(ref r), FieldReading.Node(ref r), r.ReadInt32(),
                FieldReading.Text(ref r, EventLimits.TextBytesMax)),
            "cron.caught_up" => new CronCaughtUp(
                FieldReading.Slot(ref r), FieldReading.Index(ref r), FieldReading.Node(ref r), r.ReadInt32(),
                FieldReading.Text(ref r, EventLimits.TextBytesMax)),
            _ => throw new UnknownEventException(name),
        };
    }

    /// <summary>One field may follow that entries without it do not have.</summary>
    private static bool HasOptional(string name) => name is "cluster.configured" or "node.started" or "resource.failed";

    private static int Fields(string name) => name switch
    {
        "maintenance.entered" or "maintenance.left" or "quorum.solo_disarmed" => 0,
        "cluster.configured" or "node.joined" or "suspicion.closed" or "node.activated" or "node.left" or "move.expired"
            or "quorum.solo_entered" or "quorum.solo_left" or "alert.sent" => 1,
        "node.up" or "node.standby" or "slot.assigned" or "slot.revoked" or "slot.released" or "failures.cleared" or "move.requested"
            or "node.fenced" or "timing.settled" or "quorum.solo_armed" => 2,
        "node.started" or "node.down" or "resource.started" or "resource.stopped" or "voter.added"
            or "voter.removed" or "key.rotation_advanced" => 3,
        "resource.unknown" => 4,
        "resource.failed" or "cron.interrupted" or "cron.caught_up" => 5,
        "cron.missed" => 7,
        _ => throw new UnknownEventException(name),
    };

    private static void Head(ref MessagePackWriter w, int fields) => w.WriteArrayHeader(fields);

    private static void VoterChange(ref MessagePackWriter w, NodeId node, LogIndex after, System.Collections.Immutable.ImmutableArray<NodeId> reportedBy)
    {
        Head(ref w, 3);
        FieldWriting.Node(ref w, node);
        w.Write(after.Value);
        FieldWriting.Nodes(ref w, reportedBy);
    }

    private static void CrontabRuns(ref MessagePackWriter w, SlotId slot, LogIndex token, NodeId node, int count, string detail)
    {
        Head(ref w, 5);
        FieldWriting.Slot(ref w, slot);
        w.Write(token.Value);
        FieldWriting.Node(ref w, node);
        w.Write(count);
        FieldWriting.Text(ref w, detail, EventLimits.TextBytesMax);
    }

    private static void Report(ref MessagePackWriter w, int fields, SlotId slot, LogIndex token, Incarnation incarnation)
    {
        Head(ref w, fields);
        FieldWriting.Slot(ref w, slot);
        w.Write(token.Value);
        w.Write(incarnation.Value);
    }
}

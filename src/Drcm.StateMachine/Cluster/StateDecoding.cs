using System.Buffers;
using System.Collections.Immutable;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.Solo;
using MessagePack;

namespace Drcm.StateMachine.Cluster;

/// <summary>The inverse of <see cref="StateEncoding"/>. Fields that an earlier release did not write get their default; fields of a later one are refused,
/// since a state without them would no longer be the others'.</summary>
internal static class StateDecoding
{
    public static ClusterState Read(ReadOnlySequence<byte> body)
    {
        var r = new MessagePackReader(body);
        var fields = Fields(ref r, StateEncoding.StateFields, StateEncoding.StateFieldsWithPair, "state");
        var version = r.ReadInt32();
        if (version != StateEncoding.FormatVersion)
            throw new StateSnapshotException($"a state of format {version}; this release reads {StateEncoding.FormatVersion}");
        var state = new ClusterState
        {
            Version = Index(ref r),
            DefinitionText = FieldReading.Text(ref r, EventLimits.DefinitionBytesMax),
            ConfiguredAt = Index(ref r),
            InMaintenance = r.ReadBoolean(),
            Nodes = Nodes(ref r),
            Slots = Slots(ref r),
            ConfigurationFile = FieldReading.Text(ref r, EventLimits.DefinitionBytesMax),
            Voters = Voters(ref r),
            VotersAt = Index(ref r),
            FormerTiming = Former(ref r),
            TimingAt = Index(ref r),
            KeyRotation = fields >= StateEncoding.StateFieldsWithRotation && !r.TryReadNil() ? Rotation(ref r) : null,
            Crontabs = fields >= StateEncoding.StateFieldsWithCrontabs && !r.TryReadNil() ? Crontabs(ref r) : ImmutableSortedDictionary<SlotId, CrontabRecord>.Empty,
            Pair = fields >= StateEncoding.StateFieldsWithPair ? Pair(ref r) : null,
        };
        if (!r.End) throw new StateSnapshotException("bytes follow the state");
        return Derived(state);
    }

    /// <summary>What the encoding leaves out because it follows from the rest.</summary>
    private static ClusterState Derived(ClusterState state)
    {
        var holders = state.Holders.ToBuilder();
        foreach (var slot in state.Slots.Values)
        {
            if (slot.HeldIdentity.Length == 0) continue;
            if (holders.TryGetValue(slot.HeldIdentity, out var other))
                throw new StateSnapshotException($"{slot.HeldIdentity} is held by {other} and by {slot.Id}");
            holders.Add(slot.HeldIdentity, slot.Id);
        }
        var definition = state.DefinitionText.Length == 0
            ? null
            : DefinitionText.Read(state.DefinitionText) ?? throw new StateSnapshotException("its definition cannot be read");
        return state with { Holders = holders.ToImmutable(), Definition = definition };
    }

    private static ImmutableSortedDictionary<NodeId, NodeState> Nodes(ref MessagePackReader r)
    {
        var nodes = ImmutableSortedDictionary.CreateBuilder<NodeId, NodeState>();
        var count = r.ReadArrayHeader();
        NodeId? last = null;
        for (var i = 0; i < count; i++)
        {
            var node = Node(ref r);
            if (last is { } before && before.CompareTo(node.Id) >= 0) throw new StateSnapshotException($"node {node.Id} is out of order");
            last = node.Id;
            nodes.Add(node.Id, node);
        }
        return nodes.ToImmutable();
    }

    private static ImmutableSortedDictionary<SlotId, SlotState> Slots(ref MessagePackReader r)
    {
        var slots = ImmutableSortedDictionary.CreateBuilder<SlotId, SlotState>();
        var count = r.ReadArrayHeader();
        SlotId? last = null;
        for (var i = 0; i < count; i++)
        {
            var slot = Slot(ref r);
            if (last is { } before && before.CompareTo(slot.Id) >= 0) throw new StateSnapshotException($"slot {slot.Id} is out of order");
            last = slot.Id;
            slots.Add(slot.Id, slot);
        }
        return slots.ToImmutable();
    }

    private static ImmutableSortedDictionary<SlotId, CrontabRecord> Crontabs(ref MessagePackReader r)
    {
        var crontabs = ImmutableSortedDictionary.CreateBuilder<SlotId, CrontabRecord>();
        var count = r.ReadArrayHeader();
        SlotId? last = null;
        for (var i = 0; i < count; i++)
        {
            var fields = Fields(ref r, StateEncoding.CrontabFields, StateEncoding.CrontabFieldsWithCatchUp, "crontab");
            var slot = new SlotId(
                new ResourceId(ResourceKind.Cron, FieldReading.Text(ref r, EventLimits.NameBytesMax)), FieldReading.Node(ref r));
            if (last is { } before && before.CompareTo(slot) >= 0) throw new StateSnapshotException($"crontab {slot} is out of order");
            last = slot;
            crontabs.Add(slot, new CrontabRecord(Time(ref r), Index(ref r), Index(ref r))
            {
                CaughtUpAt = fields == StateEncoding.CrontabFieldsWithCatchUp ? Index(ref r) : LogIndex.None,
            });
        }
        return crontabs.ToImmutable();
    }

    private static KeyRotation Rotation(ref MessagePackReader r)
    {
        Fields(ref r, StateEncoding.RotationFields, StateEncoding.RotationFields, "key rotation");
        return new KeyRotation(
            FieldReading.Text(ref r, EventLimits.NameBytesMax), (KeyStep)Member(ref r, (int)KeyStep.Done, "a step of the key rotation"), Index(ref r));
    }

    private static PairState Pair(ref MessagePackReader r)
    {
        Fields(ref r, StateEncoding.PairFields, StateEncoding.PairFields, "pair");
        var number = Index(ref r).Value;
        NodeId? owner = OptionalNode(ref r);
        if (number == 0 != owner is null) throw new StateSnapshotException("a generation without its owner");
        var generation = new Generation(number, owner ?? default, new Incarnation(Index(ref r).Value));
        return new PairState(generation, r.ReadBoolean(), r.ReadBoolean(), Index(ref r));
    }

    private static NodeState Node(ref MessagePackReader r)
    {
        Fields(ref r, StateEncoding.NodeFields, StateEncoding.NodeFields, "node");
        return new NodeState
        {
            Id = FieldReading.Node(ref r),
            Status = (NodeStatus)Member(ref r, (int)NodeStatus.Down, "a status"),
            Incarnation = FieldReading.Incarnation(ref r),
            BootId = FieldReading.Text(ref r, EventLimits.NameBytesMax),
            StartedAt = Index(ref r),
            Epoch = Index(ref r),
            Round = Index(ref r),
            DownAt = Index(ref r),
            Standby = FieldReading.Standby(ref r),
            Since = Time(ref r),
            Reason = FieldReading.Text(ref r, EventLimits.TextBytesMax),
            Identity = FieldReading.Text(ref r, EventLimits.NameBytesMax),
            IsReplaced = r.ReadBoolean(),
        };
    }

    private static SlotState Slot(ref MessagePackReader r)
    {
        var fields = Fields(ref r, StateEncoding.SlotFields, StateEncoding.SlotFieldsWithBudget, "slot");
        var word = FieldReading.Text(ref r, EventLimits.NameBytesMax);
        if (!ResourceKinds.TryParse(word, out var kind)) throw new StateSnapshotException($"a resource of unknown kind \"{word}\"");
        return new SlotState
        {
            Id = new SlotId(new ResourceId(kind, FieldReading.Text(ref r, EventLimits.NameBytesMax)), FieldReading.Node(ref r)),
            Phase = (SlotPhase)Member(ref r, (int)SlotPhase.Releasing, "a phase"),
            Owner = OptionalNode(ref r),
            Token = Index(ref r),
            HeldIdentity = FieldReading.Text(ref r, EventLimits.DefinitionBytesMax),
            MoveTarget = OptionalNode(ref r),
            IsRetired = r.ReadBoolean(),
            Failures = Failures(ref r),
            FailuresCounted = r.ReadInt32(),
            LastFailure = FieldReading.Text(ref r, EventLimits.TextBytesMax),
            Since = Time(ref r),
            Reason = FieldReading.Text(ref r, EventLimits.TextBytesMax),
            ReleaseBudget = fields == StateEncoding.SlotFieldsWithBudget ? Budget(ref r) : TimeSpan.Zero,
        };
    }

    private static TimeSpan Budget(ref MessagePackReader r)
    {
        var ticks = r.ReadInt64();
        return ticks > 0 ? new TimeSpan(ticks) : throw new StateSnapshotException("a release budget is out of range");
    }

    private static ImmutableSortedSet<NodeId> Voters(ref MessagePackReader r)
    {
        var voters = FieldReading.Nodes(ref r);
        for (var i = 1; i < voters.Length; i++)
        {
            if (voters[i - 1].CompareTo(voters[i]) >= 0) throw new StateSnapshotException($"voter {voters[i]} is out of order");
        }
        return [.. voters];
    }

    private static ImmutableSortedDictionary<NodeId, int> Failures(ref MessagePackReader r)
    {
        var failures = ImmutableSortedDictionary.CreateBuilder<NodeId, int>();
        var count = r.ReadMapHeader();
        NodeId? last = null;
        for (var i = 0; i < count; i++)
        {
            var node = FieldReading.Node(ref r);
            if (last is { } before && before.CompareTo(node) >= 0) throw new StateSnapshotException($"failures of {node} are out of order");
            last = node;
            failures.Add(node, r.ReadInt32());
        }
        return failures.ToImmutable();
    }

    /// <summary>How many of the fields are there.</summary>
    /// <param name="first">Written by the first release.</param>
    /// <param name="known">Written by this one.</param>
    private static int Fields(ref MessagePackReader r, int first, int known, string what)
    {
        var count = r.ReadArrayHeader();
        if (count < first) throw new StateSnapshotException($"a {what} of {count} fields");
        return count <= known
            ? count
            : throw new StateSnapshotException($"a {what} of {count} fields; this release knows {known}: install the release that wrote it");
    }

    /// <summary>Two lengths of time; zero: none.</summary>
    private static FormerTiming? Former(ref MessagePackReader r)
    {
        var (lease, deadAfter) = (r.ReadInt64(), r.ReadInt64());
        if (lease < 0 || deadAfter < 0 || lease == 0 != (deadAfter == 0)) throw new StateSnapshotException("its former times are out of range");
        return lease == 0 ? null : new FormerTiming(new TimeSpan(lease), new TimeSpan(deadAfter));
    }

    private static NodeId? OptionalNode(ref MessagePackReader r) => r.TryReadNil() ? null : FieldReading.Node(ref r);

    private static LogIndex Index(ref MessagePackReader r)
    {
        var value = r.ReadInt64();
        return value >= 0 ? new LogIndex(value) : throw new StateSnapshotException($"a log index of {value}");
    }

    private static DateTimeOffset Time(ref MessagePackReader r)
    {
        var ticks = r.ReadInt64();
        return ticks >= DateTimeOffset.MinValue.Ticks && ticks <= DateTimeOffset.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : throw new StateSnapshotException("a time stamp is out of range");
    }

    private static int Member(ref MessagePackReader r, int last, string what)
    {
        var number = r.ReadInt32();
        return number >= 0 && number <= last ? number : throw new StateSnapshotException($"{what} of unknown number {number}");
    }
}

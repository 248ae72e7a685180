using System.Text;
using Drcm.StateMachine;
using Drcm.StateMachine.Events;
using MessagePack;

namespace Drcm.Fuzz.Targets;

/// <summary>The payload of the log's entries: batches of events.</summary>
internal sealed class EventBatchTarget : FuzzTarget
{
    private readonly IReadOnlyList<ClusterEvent> _events;

    public EventBatchTarget()
        : base("event-batch")
    {
        var (node, slot) = (new NodeId("n1"), new SlotId(new ResourceId(ResourceKind.Ip, "web@1"), new NodeId("n2")));
        var (index, run) = (new LogIndex(4_294_967_296), new Incarnation(7));
        _events =
        [
            new ClusterConfigured("[CM_SERVER]\n", "# ours\n"), new ClusterConfigured(new string('x', 40_000)), new NodeStarted(node, run, "boot", "identity"), new NodeUp(node, run),
            new NodeDown(node, index, [new("n2"), new("n3")]), new NodeStandby(node, StandbyKind.Shutdown), new SlotAssigned(slot, node), new SlotRevoked(slot, index),
            new ResourceStarted(slot, index, run), new ResourceFailed(slot, index, run, 3, "größer"), new MoveRequested(slot, node), new MaintenanceEntered(),
            new NodeFenced(node, "switch"), new AlertSent("n1 is down"), new VoterAdded(node, index, [node, new("n2")]), new VoterRemoved(node, index, [new("n2")]),
        ];
    }

    public override IReadOnlyList<string> Splinters { get; } = ["node.up", "node.down", "resource.failed", "cluster.configured", "maintenance.left", "alert.sent"];

    /// <summary>A packed definition may be unpacked to its bound; several in one batch do not get by with a few bytes each.</summary>
    public override long AllocationMax(int inputBytes) => 64L * 1024 * 1024 + 1000L * inputBytes;

    public override byte[] Sample(SplitMix64 random) => EventCodec.Encode(new(
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), random.Name(),
        [.. Enumerable.Range(0, random.Below(4)).Select(_ => new ReasonedEvent(_events[random.Below(_events.Count)], random.Text(30)))]));

    public override void Feed(byte[] input)
    {
        EventBatch batch;
        try
        {
            batch = EventCodec.Decode(input);
        }
        catch (Exception e) when (e is CorruptEventException or UnknownEventException)
        {
            return;
        }

        var again = EventCodec.Encode(batch);
        Require(EventCodec.Encode(EventCodec.Decode(again)).AsSpan().SequenceEqual(again), "what was read is written otherwise");
    }

    /// <summary>Takes what the reader throws for what is documented.</summary>
    public override void FeedBroken(byte[] input)
    {
        var reader = new MessagePackReader(input);
        if (input is [0x94, 1, ..])
        {
            reader.ReadArrayHeader();
            reader.ReadInt32();
            _ = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero);
            _ = Encoding.UTF8.GetString(reader.ReadRaw().FirstSpan);
        }
    }
}

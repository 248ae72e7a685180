using System.Security.Cryptography;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Events;
using MessagePack;

namespace Drcm.Fuzz.Targets;

/// <summary>A whole state, also with a good digest.</summary>
internal sealed class StateSnapshotTarget : FuzzTarget
{
    private const int HeadBytes = 2 + 2 + SHA256.HashSizeInBytes;
    private readonly byte[] _sample;

    public StateSnapshotTarget()
        : base("state-snapshot")
    {
        using var text = new StreamReader(typeof(ConfigTarget).Assembly.GetManifestResourceStream("cm_2_node_example.cfg")!);
        var definition = CmConfigReader.Read(text.ReadToEnd()).Definition!;
        var (node, slot) = (definition.Nodes[0].Id, new SlotId(definition.Resources[0].Id, definition.Nodes[0].Id));
        ClusterEvent[] events =
        [
            new ClusterConfigured(CanonicalText.Render(definition)), new NodeStarted(node, new(7), "boot", "identity"), new NodeUp(node, new(7)),
            new SlotAssigned(slot, node), new ResourceFailed(slot, new(4), new(7), 1, "exit status 1"), new MaintenanceEntered(),
        ];
        var state = ClusterState.Empty;
        for (var index = 0; index < events.Length; index++)
        {
            state = Transition.Apply(state, new LogIndex(index + 1), new(DateTimeOffset.UnixEpoch, "node:n1", [new(events[index], "because")])).State;
        }

        _sample = StateSnapshot.Encode(state);
    }

    /// <summary>A state holds its definition, decoded.</summary>
    public override long AllocationMax(int inputBytes) => 64L * 1024 * 1024;

    public override byte[] Sample(SplitMix64 random) => [.. _sample];

    public override byte[] Seal(byte[] input)
    {
        if (input.Length > HeadBytes)
        {
            try
            {
                var body = new MessagePackReader(input.AsMemory(HeadBytes)).ReadBytes();
                SHA256.HashData(body!.Value.FirstSpan).CopyTo(input.AsSpan(4));
            }
            catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or ArgumentOutOfRangeException or InvalidOperationException)
            {
                // It has no body any more that could be sealed.
            }
        }

        return input;
    }

    public override void Feed(byte[] input)
    {
        try
        {
            var again = StateSnapshot.Encode(StateSnapshot.Decode(input));
            Require(StateSnapshot.Encode(StateSnapshot.Decode(again)).AsSpan().SequenceEqual(again), "what was read is written otherwise");
        }
        catch (StateSnapshotException)
        {
            // As documented.
        }
    }

    /// <summary>Takes the body for whole.</summary>
    public override void FeedBroken(byte[] input)
    {
        if (input is [0x93, 1, 0xC4, 0x20, ..])
        {
            var reader = new MessagePackReader(input.AsMemory(4));
            _ = reader.ReadRaw(SHA256.HashSizeInBytes);
            _ = reader.ReadBytes();
        }
    }
}

using System.Buffers;
using System.Buffers.Binary;
using Drcm.Consensus.Entries;
using Drcm.StateMachine;

namespace Drcm.Fuzz.Targets;

internal sealed class EntryFrameTarget() : FuzzTarget("entry-frame")
{
    public override byte[] Sample(SplitMix64 random) =>
        random.Chance(0.3) ? EntryFrame.WriteBarrier(random.Id()) : EntryFrame.Write(random.Number() - 1, random.Id(), random.Bytes(200));

    public override void Feed(byte[] input)
    {
        if (EntryFrame.TryRead(new ReadOnlySequence<byte>(input), out var header))
        {
            var again = header.IsBarrier
                ? EntryFrame.WriteBarrier(header.ProposalId)
                : EntryFrame.Write(header.ExpectedVersion, header.ProposalId, input.AsSpan(EntryFrame.HeaderBytes));
            Require(again.AsSpan().SequenceEqual(input), "what was read is written otherwise");
        }
    }

    /// <summary>Believes the format byte without looking at the length.</summary>
    public override void FeedBroken(byte[] input)
    {
        if (input is [1, ..])
        {
            _ = BinaryPrimitives.ReadInt64LittleEndian(input.AsSpan(1));
            _ = new Guid(input.AsSpan(9, 16));
        }
    }
}

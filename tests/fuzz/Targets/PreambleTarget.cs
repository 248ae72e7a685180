using System.Text;
using Drcm.Consensus.Transport;
using Drcm.StateMachine;

namespace Drcm.Fuzz.Targets;

internal sealed class PreambleTarget() : FuzzTarget("preamble")
{
    public override byte[] Sample(SplitMix64 random) =>
        new Preamble((byte)random.Below(3), (byte)random.Below(4), random.Chance(0.5) ? Preamble.Raft : Preamble.Peer, random.Text(60)).ToBytes();

    public override void Feed(byte[] input)
    {
        if (Read(input) is not { } preamble || Encoding.UTF8.GetByteCount(preamble.Name) > Preamble.NameBytesMax)
        {
            return;
        }

        _ = preamble.CommonVersion;
        Require(Read(preamble.ToBytes()) == preamble, "what was read is written otherwise");
    }

    /// <summary>Takes as many bytes for the name as it is said to have.</summary>
    public override void FeedBroken(byte[] input)
    {
        if (input.Length >= 8 && input.AsSpan(0, 4).SequenceEqual("DRC2"u8))
        {
            _ = Encoding.UTF8.GetString(input.AsSpan(8, input[7]));
        }
    }

    private static Preamble? Read(byte[] input)
    {
        try
        {
            var read = Preamble.ReadAsync(new MemoryStream(input), CancellationToken.None);
            Require(read.IsCompleted, "it waits though everything is there");
#pragma warning disable VSTHRD002 // It has completed.
            return read.AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        }
        catch (EndOfStreamException)
        {
            return null;
        }
    }
}

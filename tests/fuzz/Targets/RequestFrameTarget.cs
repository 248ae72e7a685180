using System.Buffers.Binary;
using Drcm.Consensus.Transport;
using Drcm.StateMachine;

namespace Drcm.Fuzz.Targets;

internal sealed class RequestFrameTarget() : FuzzTarget("request-frame")
{
    public override byte[] Sample(SplitMix64 random) => RequestFrame.Write((byte)random.Below(256), random.Bytes(100));

    public override void Feed(byte[] input)
    {
        if (input.Length < RequestFrame.HeadBytes || !RequestFrame.TryReadHead(input.AsSpan(0, RequestFrame.HeadBytes), out var tag, out var length))
        {
            return;
        }

        Require(length is >= 0 and <= RequestLimits.BytesMax, "a length outside its bounds");
        if (length <= input.Length - RequestFrame.HeadBytes)
        {
            var whole = input.AsSpan(0, RequestFrame.HeadBytes + length);
            Require(RequestFrame.Write(tag, whole[RequestFrame.HeadBytes..]).AsSpan().SequenceEqual(whole), "what was read is written otherwise");
        }
    }

    public override long AllocationMax(int inputBytes) => 1024 * 1024;

    /// <summary>Makes room for whatever the other side says.</summary>
    public override void FeedBroken(byte[] input)
    {
        if (input.Length >= RequestFrame.HeadBytes && BinaryPrimitives.ReadInt32LittleEndian(input.AsSpan(1)) is >= 0 and < 64 * 1024 * 1024 and var length)
        {
            _ = new byte[length];
        }
    }
}

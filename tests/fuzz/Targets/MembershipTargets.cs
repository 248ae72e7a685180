using System.Buffers.Binary;
using System.Net;
using Drcm.Consensus;
using Drcm.Consensus.Membership;
using Drcm.Consensus.Storage;
using Drcm.StateMachine;

namespace Drcm.Fuzz.Targets;

internal sealed class MembersFileTarget() : FuzzTarget("members-file")
{
    private const int CrcAt = 20;
    private const int HeadBytes = 24;

    public override byte[] Sample(SplitMix64 random) => new MembersFile(Lists.Any(random), random.Number()).ToBytes();

    public override byte[] Seal(byte[] input)
    {
        if (input.Length >= HeadBytes)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(input.AsSpan(CrcAt), Record.Crc(input.AsSpan(0, CrcAt)) ^ Record.Crc(input.AsSpan(HeadBytes)));
        }

        return input;
    }

    public override void Feed(byte[] input)
    {
        if (MembersFile.TryRead(input, out var members))
        {
            Require(members.ToBytes().AsSpan().SequenceEqual(input), "what was read is written otherwise");
        }
    }

    /// <summary>Believes that the list is as long as it says.</summary>
    public override void FeedBroken(byte[] input)
    {
        if (input.Length >= HeadBytes && input.AsSpan().StartsWith("DRCMMEMB"u8))
        {
            _ = MemberList.TryRead(input.AsSpan(HeadBytes, BinaryPrimitives.ReadInt32LittleEndian(input.AsSpan(16))), out _);
        }
    }
}

internal sealed class HelloTarget() : FuzzTarget("hello")
{
    public override byte[] Sample(SplitMix64 random) =>
        new Hello((HelloState)random.Below(3), random.Chance(0.5), random.Number(), random.Text(40), Lists.Any(random)).ToBytes();

    public override void Feed(byte[] input)
    {
        if (Hello.TryRead(input, out var hello))
        {
            Require(hello.ToBytes().AsSpan().SequenceEqual(input), "what was read is written otherwise");
        }
    }

    /// <summary>Believes the length of the digest.</summary>
    public override void FeedBroken(byte[] input)
    {
        if (input.Length >= 12 && input[0] == 1)
        {
            _ = input.AsSpan(12, input[11]).ToArray();
        }
    }
}

internal sealed class JoinRequestTarget() : FuzzTarget("join-request")
{
    public override byte[] Sample(SplitMix64 random) => new JoinRequest(random.Number(), Lists.Any(random)).ToBytes();

    public override void Feed(byte[] input)
    {
        if (JoinRequest.TryRead(input, out var join))
        {
            Require(join.ToBytes().AsSpan().SequenceEqual(input), "what was read is written otherwise");
        }
    }

    /// <summary>Takes the floor without looking whether it is there.</summary>
    public override void FeedBroken(byte[] input) => _ = BinaryPrimitives.ReadInt64LittleEndian(input);
}

internal sealed class FollowAnswerTarget() : FuzzTarget("follow-answer")
{
    public override byte[] Sample(SplitMix64 random)
    {
        var part = random.Chance(0.3) ? new SnapshotPart(1 + (random.Number() >> 1), random.Number(), 300, random.Below(100), random.Bytes(200)) : null;
        var entries = part is null ? Enumerable.Range(1, random.Below(5)).Select(i => new CommittedEntry(i, random.Number(), random.Bytes(40))).ToArray() : [];
        return new FollowAnswer(random.Number(), random.Chance(0.5) ? random.Name() : null, random.Number(), Lists.Any(random), entries, part).ToBytes();
    }

    public override void Feed(byte[] input)
    {
        if (FollowAnswer.TryRead(input, out var answer))
        {
            Require(answer.ToBytes().AsSpan().SequenceEqual(input), "what was read is written otherwise");
        }
    }

    /// <summary>Believes the length of the leader's name.</summary>
    public override void FeedBroken(byte[] input)
    {
        if (input.Length >= 10 && input[0] == 1)
        {
            _ = BinaryPrimitives.ReadInt64LittleEndian(input.AsSpan(10 + input[9]));
        }
    }
}

internal static class Lists
{
    public static MemberList Any(SplitMix64 random) => MemberList.Of(
        Enumerable.Range(0, random.Below(5)).Select(i => new LogMember($"n{i}", new IPEndPoint(new IPAddress(new byte[] { 10, 0, 0, (byte)i }), random.Below(65536)))));
}

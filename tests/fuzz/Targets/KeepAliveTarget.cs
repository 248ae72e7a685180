using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Drcm.StateMachine;
using Drcm.StateMachine.KeepAlive;
using MessagePack;

namespace Drcm.Fuzz.Targets;

/// <summary>Keep-alives and their answers, also with a good signature.</summary>
internal sealed class KeepAliveTarget() : FuzzTarget("keep-alive")
{
    private const int HeadBytes = 5;
    private static readonly byte[] Key = AuthKeys.Derive(new byte[64]).KeepAlive;
    private readonly MessageCodec _codec = new(Key);

    public override byte[] Sample(SplitMix64 random)
    {
        var (from, to) = (new NodeId(random.Name()), new NodeId(random.Name()));
        var (incarnation, echo) = (new Incarnation(random.Number()), new Incarnation(random.Number()));
        return _codec.Encode(random.Chance(0.4)
            ? new AnswerMessage(from, incarnation, to, echo, random.Number(), random.Number(), (AnswerKind)random.Below(6), Expiries(random))
            : new KeepAliveMessage(from, incarnation, to, echo, random.Number(), Report(random, from, incarnation)));
    }

    public override byte[] Seal(byte[] input)
    {
        if (input.Length < HeadBytes + HMACSHA256.HashSizeInBytes)
        {
            return input;
        }

        byte[] signed = [.. "DRKA"u8, MessageCodec.Version, .. input[HeadBytes..^HMACSHA256.HashSizeInBytes]];
        return [.. signed, .. HMACSHA256.HashData(Key, signed)];
    }

    public override void Feed(byte[] input)
    {
        var isMessage = _codec.TryDecode(input, out var message, out var reason);
        Require(isMessage == (reason == RejectReason.None) && isMessage == message is not null, "verdict, reason and message disagree");
        if (isMessage)
        {
            Require(_codec.TryDecode(_codec.Encode(message!), out var again, out _), "what was read cannot be read again");
            Require(Story(message!) == Story(again!), "what was read is written otherwise");
        }
    }

    /// <summary>Makes room for as many slots as the sender says.</summary>
    public override void FeedBroken(byte[] input)
    {
        if (_codec.TryDecode(input, out _, out var reason) || reason != RejectReason.Malformed)
        {
            return;
        }

        var reader = new MessagePackReader(input.AsMemory(HeadBytes));
        _ = new long[reader.ReadArrayHeader()];
    }

    /// <summary>Records with arrays compare by reference: written out they do not.</summary>
    private static string Story(Message message) => JsonSerializer.Serialize(message, message.GetType());

    private static NodeReport Report(SplitMix64 random, NodeId node, Incarnation incarnation) => new()
    {
        Node = node,
        Incarnation = incarnation,
        BootId = random.Text(40),
        Applied = new LogIndex(random.Number()),
        Epoch = new LogIndex(random.Number()),
        ConfigDigest = random.Text(64),
        Identity = random.Text(40),
        IsLeaving = random.Chance(0.5),
        HoldsExclusive = random.Chance(0.5),
        Slots =
        [
            .. Enumerable.Range(0, random.Below(5)).Select(_ =>
                new SlotReport(random.Slot(), new LogIndex(random.Number()), (RunPhase)random.Below(5), random.Below(100), random.Text(100))),
        ],
        Expiries = Expiries(random),
    };

    private static ImmutableArray<Expiry> Expiries(SplitMix64 random) =>
        [.. Enumerable.Range(0, random.Below(4)).Select(_ => new Expiry(new NodeId(random.Name()), new LogIndex(random.Number()), random.Chance(0.5)))];
}

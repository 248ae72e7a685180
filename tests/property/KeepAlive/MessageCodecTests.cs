using System.Collections.Immutable;
using System.Security.Cryptography;
using Drcm.StateMachine;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Solo;
using Xunit;

namespace Drcm.Property.Tests.KeepAlive;

public sealed class MessageCodecTests
{
    private const int Runs = 300;

    private static readonly byte[] Key = AuthKeys.Derive(new byte[64]).KeepAlive;
    private static readonly MessageCodec Codec = new(Key);

    [Fact]
    public void TryDecode_WhatEncodeMade_IsTheSameMessage()
    {
        var random = new SplitMix64(1);
        for (var i = 0; i < Runs; i++)
        {
            var message = AnyMessage(random);
            Assert.True(Codec.TryDecode(Codec.Encode(message), out var decoded, out var reason));
            Assert.Equal(RejectReason.None, reason);
            Assert.Equal(Story(message), Story(decoded));
        }
    }

    [Fact]
    public void TryDecode_AnyByteChanged_IsRejected()
    {
        var random = new SplitMix64(2);
        for (var i = 0; i < 20; i++)
        {
            var bytes = Codec.Encode(AnyMessage(random));
            for (var at = 0; at < bytes.Length; at++)
            {
                var damaged = bytes.ToArray();
                damaged[at] ^= (byte)random.Between(1, 256);
                Assert.False(Codec.TryDecode(damaged, out var message, out var reason));
                Assert.Null(message);
                Assert.NotEqual(RejectReason.None, reason);
            }
        }
    }

    [Fact]
    public void TryDecode_Truncated_IsRejected()
    {
        var bytes = Codec.Encode(AnyMessage(new SplitMix64(3)));
        for (var length = 0; length < bytes.Length; length++)
            Assert.False(Codec.TryDecode(bytes.AsSpan(0, length), out _, out _));
    }

    [Fact]
    public void TryDecode_ArbitraryBytes_NeverThrows()
    {
        var random = new SplitMix64(4);
        for (var i = 0; i < Runs; i++)
            Assert.False(Codec.TryDecode(AnyBytes(random, random.Below(400)), out _, out _));
    }

    [Fact]
    public void TryDecode_ArbitraryBodyWithGoodSignature_NeverThrows()
    {
        var random = new SplitMix64(5);
        for (var i = 0; i < Runs * 10; i++)
        {
            Codec.TryDecode(Signed(AnyBytes(random, 1 + random.Below(60))), out _, out var reason);
            Assert.True(reason is RejectReason.None or RejectReason.Malformed);
        }
    }

    [Fact]
    public void TryDecode_BodyCutOrChangedUnderGoodSignature_NeverThrows()
    {
        var random = new SplitMix64(6);
        for (var i = 0; i < Runs * 10; i++)
        {
            var body = Codec.Encode(AnyMessage(random))[5..^32];
            if (random.Chance(0.5)) body = body[..(1 + random.Below(body.Length))];
            else body[random.Below(body.Length)] = (byte)random.Below(256);
            Codec.TryDecode(Signed(body), out _, out _);
        }
    }

    [Fact]
    public void TryDecode_DeeplyNestedUnknownField_IsSkippedWithoutRecursion()
    {
        var body = Codec.Encode(AnyMessage(new SplitMix64(7)) with { Generation = Later })[5..^32];
        body[0]++; // One field more than this version knows: tens of thousands of arrays within each other.
        Assert.True(Codec.TryDecode(Signed([.. body, .. Enumerable.Repeat((byte)0x91, 50_000), 0x01]), out _, out _));
        Assert.False(Codec.TryDecode(Signed([.. body, .. Enumerable.Repeat((byte)0x91, 50_000)]), out _, out var reason));
        Assert.Equal(RejectReason.Malformed, reason);
    }

    [Fact]
    public void TryDecode_FieldsOfALaterRelease_AreSkipped()
    {
        var message = AnyMessage(new SplitMix64(7)) with { Generation = Later };
        var body = Codec.Encode(message)[5..^32];
        body[0]++;
        Assert.True(Codec.TryDecode(Signed([.. body, 0x92, 0x01, 0xC0]), out var decoded, out _));
        Assert.Equal(Story(message), Story(decoded));
    }

    [Fact]
    public void TryDecode_OtherVersion_SaysSo()
    {
        var bytes = Codec.Encode(AnyMessage(new SplitMix64(8)));
        bytes[4] = 2;
        Assert.False(Codec.TryDecode(bytes, out _, out var reason));
        Assert.Equal(RejectReason.UnknownVersion, reason);
    }

    [Fact]
    public void TryDecode_OtherKey_IsABadSignature()
    {
        var bytes = Codec.Encode(AnyMessage(new SplitMix64(9)));
        Assert.False(new MessageCodec(AuthKeys.Derive(new byte[65]).KeepAlive).TryDecode(bytes, out _, out var reason));
        Assert.Equal(RejectReason.BadSignature, reason);
    }

    [Fact]
    public void TryDecode_Oversized_SaysSo()
    {
        Assert.False(Codec.TryDecode(new byte[MessageCodec.BytesMax + 1], out _, out var reason));
        Assert.Equal(RejectReason.Oversized, reason);
    }

    [Fact]
    public void Derive_TwoUses_HaveUnrelatedKeys()
    {
        var keys = AuthKeys.Derive(new byte[64]);
        Assert.NotEqual(keys.KeepAlive, keys.Tls);
        Assert.Equal(keys.KeepAlive, AuthKeys.Derive(new byte[64]).KeepAlive);
        Assert.Throws<ArgumentException>(() => AuthKeys.Derive(new byte[AuthKeys.AuthKeyBytesMin - 1]));
    }

    [Fact]
    public void Admit_EveryNumber_CountsOnceAndOnlyWithinTheWindow()
    {
        var random = new SplitMix64(10);
        var window = new SequenceWindow();
        var seen = new HashSet<long>();
        long newest = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var sequence = Math.Max(-1, newest + random.Between(-1200, random.Chance(0.01) ? 3000 : 40));
            var expected = sequence > 0 && sequence > newest - SequenceWindow.Width && seen.Add(sequence);
            Assert.Equal(expected, window.TryAdmit(sequence));
            newest = Math.Max(newest, sequence);
        }
    }

    private static byte[] Signed(byte[] body)
    {
        byte[] signed = [.. "DRKA"u8, MessageCodec.Version, .. body];
        return [.. signed, .. HMACSHA256.HashData(Key, signed)];
    }

    private static Generation Later => new(2, new NodeId("n2"), new Incarnation(5));

    /// <summary>Records with arrays compare by reference: their fields written out do not.</summary>
    private static string Story(Message message) => message switch
    {
        KeepAliveMessage k => $"{k with { Report = k.Report with { Slots = [], Expiries = [] } }} "
            + string.Join(',', k.Report.Slots) + '|' + string.Join(',', k.Report.Expiries),
        AnswerMessage a => $"{a with { Expiries = [] }} {string.Join(',', a.Expiries)}",
        _ => "",
    };

    private static Message AnyMessage(SplitMix64 random)
    {
        var from = new NodeId(AnyText(random, 12));
        var incarnation = new Incarnation(AnyNumber(random));
        var to = new NodeId(AnyText(random, 12));
        var echo = new Incarnation(AnyNumber(random));
        var generation = random.Chance(0.5) ? default : new Generation(1 + AnyNumber(random) / 2, from, incarnation);
        if (random.Chance(0.5))
        {
            return new AnswerMessage(from, incarnation, to, echo, AnyNumber(random), AnyNumber(random),
                (AnswerKind)random.Below(7), AnyExpiries(random)) { Generation = generation };
        }
        return new KeepAliveMessage(from, incarnation, to, echo, AnyNumber(random), new NodeReport
        {
            Node = from,
            Incarnation = incarnation,
            BootId = AnyText(random, 40),
            Applied = new LogIndex(AnyNumber(random)),
            Epoch = new LogIndex(AnyNumber(random)),
            ConfigDigest = AnyText(random, 64),
            IsLeaving = random.Chance(0.5),
            Trouble = AnyText(random, 60),
            HoldsExclusive = random.Chance(0.5),
            Slots = [.. Enumerable.Range(0, random.Below(6)).Select(_ => new SlotReport(
                new SlotId(new ResourceId((ResourceKind)random.Below(5), AnyText(random, 9)), to),
                new LogIndex(AnyNumber(random)), (RunPhase)random.Below(5), random.Below(100), AnyText(random, 240))
            {
                IsConflict = random.Chance(0.2),
            })],
            Expiries = AnyExpiries(random),
        })
        {
            Generation = generation,
        };
    }

    private static ImmutableArray<Expiry> AnyExpiries(SplitMix64 random) =>
        [.. Enumerable.Range(0, random.Below(4)).Select(_ =>
            new Expiry(new NodeId(AnyText(random, 9)), new LogIndex(AnyNumber(random)), random.Chance(0.5)))];

    private static long AnyNumber(SplitMix64 random) => (long)(random.Next() >> random.Between(1, 64));

    private static string AnyText(SplitMix64 random, int charsMax) =>
        string.Concat(Enumerable.Range(0, random.Below(charsMax + 1)).Select(_ => (char)random.Between(32, random.Chance(0.1) ? 0x2000 : 127)));

    private static byte[] AnyBytes(SplitMix64 random, int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++) bytes[i] = (byte)random.Next();
        return bytes;
    }
}

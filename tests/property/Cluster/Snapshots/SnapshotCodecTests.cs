using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using FsCheck.Xunit;
using MessagePack;
using Xunit;

namespace Drcm.Property.Tests.Cluster.Snapshots;

public sealed class SnapshotCodecTests
{
    [Fact]
    public void Decode_StoredByTheFirstRelease_GivesTheSampleForEver()
    {
        var path = Path.Combine(Folder(), "state.hex");
        if (Environment.GetEnvironmentVariable("DRCM_REWRITE") == "1" && !File.Exists(path))
            File.WriteAllText(path, Convert.ToHexStringLower(StateSnapshot.Encode(StateSamples.State)) + "\n");

        var restored = StateSnapshot.Decode(Convert.FromHexString(File.ReadAllText(path).Trim()));

        Assert.Equal(StateDigest.Of(StateSamples.State), StateDigest.Of(restored));
        Assert.Equal(StateSamples.State.Holders, restored.Holders);
        Assert.NotNull(restored.Definition);
    }

    [Fact]
    public void Decode_TheEmptyState_GivesTheEmptyState()
    {
        var restored = StateSnapshot.Decode(StateSnapshot.Encode(ClusterState.Empty));

        Assert.Equal(StateDigest.Of(ClusterState.Empty), StateDigest.Of(restored));
        Assert.Null(restored.Definition);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(0)]
    public void Decode_AnotherFormat_IsRefusedByItsNumber(int format)
    {
        var refusal = Assert.Throws<StateSnapshotException>(() => StateSnapshot.Decode(Wrapped(StateSnapshot.Body(StateSamples.State), format)));

        Assert.Contains($"format {format}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_AFieldOfALaterRelease_IsRefused()
    {
        var fullest = StateSamples.State with { KeyRotation = new KeyRotation("5f70bf18", StateMachine.Events.KeyStep.SendNew, new LogIndex(7)), Crontabs = StateSamples.Crontabs, Pair = StateSamples.Pair };
        var body = StateSnapshot.Body(fullest).ToArray();
        // An array of 16 fields (MessagePack: array 16) becomes one of 17.
        byte[] later = [.. body[..2], (byte)(body[2] + 1), .. body[3..], 1];

        var refusal = Assert.Throws<StateSnapshotException>(() => StateSnapshot.Decode(Wrapped(later, 1)));

        Assert.Contains("install the release that wrote it", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_EveryTruncationAndEveryFlippedBit_IsRefused()
    {
        var stored = StateSnapshot.Encode(StateSamples.State);
        for (var length = 0; length < stored.Length; length++)
            Assert.Throws<StateSnapshotException>(() => StateSnapshot.Decode(stored.AsMemory(0, length)));
        for (var bit = 0; bit < stored.Length * 8; bit++)
        {
            var damaged = stored.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<StateSnapshotException>(() => StateSnapshot.Decode(damaged));
        }
    }

    [Property(MaxTest = 500)]
    public void Decode_AnyBytes_NeverFailsInAnotherWay(byte[] bytes) => Try(bytes);

    /// <summary>Behind a digest that matches, so that the fields themselves are met.</summary>
    [Property(MaxTest = 500)]
    public void Decode_MutatedBody_NeverFailsInAnotherWay(int seed, ushort length)
    {
        var body = StateSnapshot.Body(StateSamples.State).ToArray();
        var random = new SplitMix64((ulong)(uint)seed);
        for (var i = random.Between(1, 4); i > 0; i--) body[random.Below(body.Length)] = (byte)random.Below(256);
        Try(Wrapped(body, 1));
        Try(Wrapped(body.AsMemory(0, length % body.Length), 1));
    }

    [Theory]
    [InlineData(new byte[] { 0xdd, 0x7f, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0xdf, 0x7f, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0xdb, 0x7f, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0xc6, 0x7f, 0xff, 0xff, 0xff })]
    public void Decode_AHugeLengthAnywhere_AllocatesLittle(byte[] head)
    {
        var body = StateSnapshot.Body(StateSamples.State).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var at = 0; at < body.Length; at++) Try(Wrapped(body[..at].Concat(head).Concat(body[at..]).ToArray(), 1));

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / body.Length, 0, 256 * 1024);
    }

    private static void Try(byte[] bytes)
    {
        try
        {
            var state = StateSnapshot.Decode(bytes);
            Assert.Equal(StateDigest.Of(state), StateDigest.Of(StateSnapshot.Decode(StateSnapshot.Encode(state))));
        }
        catch (StateSnapshotException)
        {
        }
    }

    private static byte[] Wrapped(ReadOnlyMemory<byte> body, int format)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var w = new MessagePackWriter(buffer);
        w.WriteArrayHeader(3);
        w.Write(format);
        w.Write(SHA256.HashData(body.Span));
        w.Write(body.Span);
        w.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "testdata", "statemachine", "snapshots", "2.0"));
}

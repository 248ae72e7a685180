using System.Buffers;
using System.Runtime.CompilerServices;
using Drcm.StateMachine.Events;
using FsCheck.Xunit;
using MessagePack;
using Xunit;

namespace Drcm.Property.Tests.Events;

public sealed class EventCodecTests
{
    public static TheoryData<string> Names() => [.. EventNames.All.Select(e => e.Name), .. EventSamples.Grown.Keys];

    [Fact]
    public void All_EveryEventType_HasOneStoredNameAndOneSample()
    {
        var types = typeof(ClusterEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(ClusterEvent))).ToHashSet();

        Assert.Equal(types, EventNames.All.Select(e => e.Type).ToHashSet());
        Assert.Equal(EventNames.All.Length, EventNames.All.Select(e => e.Name).Distinct().Count());
        Assert.Equal(EventNames.All.Select(e => e.Type), EventSamples.All.Select(e => e.GetType()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_StoredByTheFirstRelease_GivesTheSampleForEver(string name)
    {
        var sample = EventSamples.Grown.GetValueOrDefault(name) ?? EventSamples.All.Single(e => EventNames.Of(e) == name);
        var encoded = EventCodec.Encode(EventSamples.Batch(sample));
        var path = Path.Combine(Folder(), $"{name}.hex");
        if (Environment.GetEnvironmentVariable("DRCM_REWRITE") == "1" && !File.Exists(path))
            File.WriteAllText(path, Convert.ToHexStringLower(encoded) + "\n");

        var stored = Convert.FromHexString(File.ReadAllText(path).Trim());

        Assert.Equal(encoded, stored);
        Assert.Equal(encoded, EventCodec.Encode(EventCodec.Decode(stored)));
    }

    [Fact]
    public void Decode_FieldsOfALaterRelease_AreSkipped()
    {
        var decoded = EventCodec.Decode(Handmade("node.activated", extra: 2));

        Assert.Equal(new NodeActivated(new("n1")), decoded.Events.Single().Event);
    }

    [Fact]
    public void Decode_EventOfALaterRelease_IsRefusedByName()
    {
        var refusal = Assert.Throws<UnknownEventException>(() => EventCodec.Decode(Handmade("node.painted", extra: 0)));

        Assert.Equal("node.painted", refusal.EventName);
    }

    [Fact]
    public void Decode_FieldMissing_IsCorrupt() =>
        Assert.Throws<CorruptEventException>(() => EventCodec.Decode(Handmade("slot.assigned", extra: 0)));

    [Fact]
    public void Encode_TextBeyondItsBound_IsRefused() =>
        Assert.Throws<ArgumentException>(() => EventCodec.Encode(EventSamples.Batch(new AlertSent(new string('x', 5000)))));

    [Fact]
    public void Decode_DefinitionOfMegabytes_ComesBackFromOneEntry()
    {
        var text = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"a{i}, 10.0.{i / 256}.{i % 256}, 255.255.0.0, eth0, ip.sh\n"));

        var stored = EventCodec.Encode(EventSamples.Batch(new ClusterConfigured(text)));

        Assert.InRange(stored.Length, 1, 1024 * 1024);
        Assert.Equal(new ClusterConfigured(text), EventCodec.Decode(stored).Events.Single().Event);
    }

    [Property(MaxTest = 500)]
    public void Decode_AnyBytes_NeverFailsInAnotherWay(byte[] bytes) => Try(bytes);

    [Property(MaxTest = 500)]
    public void Decode_MutatedBatch_NeverFailsInAnotherWay(int at, byte value, ushort length)
    {
        var bytes = EventCodec.Encode(EventSamples.Batch(EventSamples.All));
        bytes[(int)((uint)at % (uint)bytes.Length)] = value;
        Try(bytes);
        Try(bytes[..(length % bytes.Length)]);
    }

    private static void Try(byte[] bytes)
    {
        try
        {
            EventCodec.Encode(EventCodec.Decode(bytes));
        }
        catch (CorruptEventException)
        {
        }
        catch (UnknownEventException)
        {
        }
    }

    private static byte[] Handmade(string name, int extra)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var w = new MessagePackWriter(buffer);
        w.WriteArrayHeader(4 + extra);
        w.Write(1);
        w.Write(0L);
        w.Write("node:n1");
        w.WriteArrayHeader(1);
        w.WriteArrayHeader(3 + extra);
        w.Write(name);
        w.WriteArrayHeader(1 + extra);
        w.Write("n1");
        for (var i = 0; i < extra; i++) w.Write("later");
        w.Write("because");
        for (var i = 0; i < extra; i++) w.Write(12);
        for (var i = 0; i < extra; i++) w.Write(true);
        w.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "testdata", "statemachine", "events", "2.0"));
}

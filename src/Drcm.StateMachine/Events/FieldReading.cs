using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using MessagePack;

namespace Drcm.StateMachine.Events;

/// <summary>The inverse of <see cref="FieldWriting"/>, with the same bounds.</summary>
internal static class FieldReading
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static string Text(ref MessagePackReader reader, int bytesMax)
    {
        var bytes = reader.ReadStringSequence() ?? throw new CorruptEventException("a text is missing");
        if (bytes.Length > bytesMax) throw new CorruptEventException($"a text of {bytes.Length} bytes; the bound is {bytesMax}");
        return Strictly(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray());
    }

    /// <summary>UTF-8 that is not valid is corrupt, not replaced.</summary>
    public static string Strictly(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new CorruptEventException("a text is not UTF-8", e);
        }
    }

    public static NodeId Node(ref MessagePackReader reader) => new(Text(ref reader, EventLimits.NameBytesMax));

    public static LogIndex Index(ref MessagePackReader reader) => new(reader.ReadInt64());

    public static Incarnation Incarnation(ref MessagePackReader reader) => new(reader.ReadInt64());

    public static DateTimeOffset Time(ref MessagePackReader reader)
    {
        var ticks = reader.ReadInt64();
        return ticks >= DateTimeOffset.MinValue.Ticks && ticks <= DateTimeOffset.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : throw new CorruptEventException("a time is out of range");
    }

    public static SlotId Slot(ref MessagePackReader reader)
    {
        var parts = reader.ReadArrayHeader();
        if (parts < 3) throw new CorruptEventException($"a slot of {parts} parts");
        var word = Text(ref reader, EventLimits.NameBytesMax);
        if (!ResourceKinds.TryParse(word, out var kind)) throw new CorruptEventException($"a resource of unknown kind \"{word}\"");
        var nickname = Text(ref reader, EventLimits.NameBytesMax);
        var home = Node(ref reader);
        for (var i = 3; i < parts; i++) reader.Skip();
        return new SlotId(new ResourceId(kind, nickname), home);
    }

    public static ImmutableArray<NodeId> Nodes(ref MessagePackReader reader)
    {
        var count = reader.ReadArrayHeader();
        if (count > Limits.NodesMax) throw new CorruptEventException($"a list of {count} nodes");
        var nodes = ImmutableArray.CreateBuilder<NodeId>(count);
        for (var i = 0; i < count; i++) nodes.Add(Node(ref reader));
        return nodes.MoveToImmutable();
    }

    public static KeyStep KeyStep(ref MessagePackReader reader)
    {
        var number = reader.ReadInt32();
        return number is > (int)Events.KeyStep.None and <= (int)Events.KeyStep.Done
            ? (KeyStep)number
            : throw new CorruptEventException($"a rotation of the auth key at the unknown step {number}");
    }

    public static StandbyKind Standby(ref MessagePackReader reader)
    {
        var number = reader.ReadInt32();
        return number is >= 0 and <= (int)StandbyKind.Trouble
            ? (StandbyKind)number
            : throw new CorruptEventException($"a standby of unknown kind {number}");
    }
}

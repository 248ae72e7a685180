using System.Buffers;
using System.Collections.Immutable;
using MessagePack;

namespace Drcm.StateMachine.Events;

/// <summary>The stored form of a batch: MessagePack <c>[1, UTC ticks, actor, [[name, [fields], reason], …]]</c>. Every array may
/// grow at its end in a later release; what this one does not know there is skipped.</summary>
public static class EventCodec
{
    private const int FormatVersion = 1;

    /// <summary>The stored form; deterministic.</summary>
    /// <exception cref="ArgumentException">Too many events, or a text beyond its bound.</exception>
    public static byte[] Encode(EventBatch batch)
    {
        if (batch.Events.Length > Limits.EventsPerBatchMax)
            throw new ArgumentException($"{batch.Events.Length} events in a batch; the bound is {Limits.EventsPerBatchMax}", nameof(batch));
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(4);
        writer.Write(FormatVersion);
        writer.Write(batch.At.UtcTicks);
        FieldWriting.Text(ref writer, batch.Actor, EventLimits.NameBytesMax);
        writer.WriteArrayHeader(batch.Events.Length);
        foreach (var entry in batch.Events)
        {
            writer.WriteArrayHeader(3);
            writer.Write(EventNames.Of(entry.Event));
            EventFields.Write(ref writer, entry.Event);
            FieldWriting.Text(ref writer, entry.Reason, EventLimits.TextBytesMax);
        }
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> of this or a later release wrote.</summary>
    /// <exception cref="UnknownEventException">An event of a later release.</exception>
    /// <exception cref="CorruptEventException">Damaged, out of bounds, or not a batch.</exception>
    public static EventBatch Decode(ReadOnlyMemory<byte> stored)
    {
        try
        {
            var reader = new MessagePackReader(stored);
            return ReadBatch(ref reader);
        }
        catch (MessagePackSerializationException e)
        {
            throw new CorruptEventException("not well-formed", e);
        }
        catch (EndOfStreamException e)
        {
            throw new CorruptEventException("it ends too early", e);
        }
        catch (OverflowException e)
        {
            throw new CorruptEventException("a number is out of range", e);
        }
        catch (ArgumentOutOfRangeException e)
        {
            // The reader's answer to a text that claims to be longer than 2 GiB.
            throw new CorruptEventException("a length is out of range", e);
        }
    }

    private static EventBatch ReadBatch(ref MessagePackReader reader)
    {
        var fields = reader.ReadArrayHeader();
        if (fields < 4) throw new CorruptEventException($"a batch of {fields} fields");
        var version = reader.ReadInt32();
        if (version != FormatVersion) throw new CorruptEventException($"format {version}; this release reads {FormatVersion}");
        var ticks = reader.ReadInt64();
        if (ticks < DateTimeOffset.MinValue.Ticks || ticks > DateTimeOffset.MaxValue.Ticks)
            throw new CorruptEventException("its time stamp is out of range");
        var actor = FieldReading.Text(ref reader, EventLimits.NameBytesMax);
        var count = reader.ReadArrayHeader();
        if (count > Limits.EventsPerBatchMax) throw new CorruptEventException($"{count} events in a batch");
        var events = ImmutableArray.CreateBuilder<ReasonedEvent>(count);
        for (var i = 0; i < count; i++) events.Add(ReadEvent(ref reader));
        Skip(ref reader, fields - 4);
        if (!reader.End) throw new CorruptEventException("bytes follow its end");
        return new EventBatch(new DateTimeOffset(ticks, TimeSpan.Zero), actor, events.MoveToImmutable());
    }

    private static ReasonedEvent ReadEvent(ref MessagePackReader reader)
    {
        var parts = reader.ReadArrayHeader();
        if (parts < 3) throw new CorruptEventException($"an event of {parts} parts");
        var name = FieldReading.Text(ref reader, EventLimits.NameBytesMax);
        var fields = reader.ReadArrayHeader();
        var @event = EventFields.Read(ref reader, name, fields, out var used);
        Skip(ref reader, fields - used);
        var reason = FieldReading.Text(ref reader, EventLimits.TextBytesMax);
        Skip(ref reader, parts - 3);
        return new ReasonedEvent(@event, reason);
    }

    private static void Skip(ref MessagePackReader reader, int count)
    {
        for (var i = 0; i < count; i++) reader.Skip();
    }
}

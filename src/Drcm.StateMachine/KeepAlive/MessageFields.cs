using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Drcm.StateMachine.Solo;
using MessagePack;

namespace Drcm.StateMachine.KeepAlive;

/// <summary>The body of a message as nested arrays. A reader skips fields that it does not know at the end of an array.</summary>
internal static class MessageFields
{
    private const int KeepAliveKind = 1;
    private const int AnswerKindCode = 2;
    private const int KeepAliveFields = 7;
    private const int AnswerFields = 9;
    /// <summary>Those that every release writes; the identity follows, then crontabs.</summary>
    private const int ReportFields = 10;

    /// <summary>A conflict, where there is one, follows.</summary>
    private const int SlotFields = 7;

    private const int ExpiryFields = 3;
    private const int CrontabFields = 8;
    private const int GenerationFields = 3;

    /// <summary>The end of the year 9999.</summary>
    private const long SecondsMax = 253_402_300_799;

    /// <summary>Names and digests are far shorter; details are bounded by <see cref="Limits.DetailCharsMax"/>.</summary>
    private const int TextCharsMax = 1024;

    public static void Write(ref MessagePackWriter writer, Message message)
    {
        switch (message)
        {
            case KeepAliveMessage keepAlive:
                writer.WriteArrayHeader(Fields(message, KeepAliveFields));
                writer.Write(KeepAliveKind);
                WriteHead(ref writer, message);
                WriteReport(ref writer, keepAlive.Report);
                WriteGeneration(ref writer, message.Generation);
                break;
            case AnswerMessage answer:
                writer.WriteArrayHeader(Fields(message, AnswerFields));
                writer.Write(AnswerKindCode);
                WriteHead(ref writer, message);
                writer.Write(answer.KeepAliveSequence);
                writer.Write((int)answer.Kind);
                WriteExpiries(ref writer, answer.Expiries);
                WriteGeneration(ref writer, message.Generation);
                break;
            default:
                throw new ArgumentException($"no stored form for {message.GetType().Name}", nameof(message));
        }
    }

    public static Message Read(ref MessagePackReader reader)
    {
        var fields = reader.ReadArrayHeader();
        var kind = reader.ReadInt32();
        var from = new NodeId(ReadText(ref reader));
        var fromIncarnation = new Incarnation(ReadNumber(ref reader));
        var to = new NodeId(ReadText(ref reader));
        var toIncarnation = new Incarnation(ReadNumber(ref reader));
        var sequence = ReadNumber(ref reader);
        Message message;
        switch (kind)
        {
            case KeepAliveKind:
                message = new KeepAliveMessage(from, fromIncarnation, to, toIncarnation, sequence, ReadReport(ref reader));
                return WithGeneration(ref reader, message, fields, KeepAliveFields);
            case AnswerKindCode:
                message = new AnswerMessage(from, fromIncarnation, to, toIncarnation, sequence,
                    ReadNumber(ref reader), ReadEnum<AnswerKind>(ref reader), ReadExpiries(ref reader));
                return WithGeneration(ref reader, message, fields, AnswerFields);
            default:
                throw new MessagePackSerializationException($"unknown kind {kind}");
        }
    }

    /// <summary>The first generation is not written: clusters that were never without a majority send what earlier releases sent.</summary>
    private static int Fields(Message message, int fields) => message.Generation.IsFirst ? fields : fields + 1;

    private static void WriteGeneration(ref MessagePackWriter writer, Generation generation)
    {
        if (generation.IsFirst) return;
        writer.WriteArrayHeader(GenerationFields);
        writer.Write(generation.Number);
        writer.Write(generation.Owner.Value);
        writer.Write(generation.By.Value);
    }

    private static Message WithGeneration(ref MessagePackReader reader, Message message, int fields, int known)
    {
        if (fields > known && !reader.TryReadNil())
        {
            var parts = reader.ReadArrayHeader();
            message = message with { Generation = new Generation(ReadNumber(ref reader), new NodeId(ReadText(ref reader)), new Incarnation(ReadNumber(ref reader))) };
            SkipRest(ref reader, parts, GenerationFields);
            if (message.Generation.IsFirst) throw new MessagePackSerializationException("a generation that is none");
        }
        SkipRest(ref reader, fields, fields > known ? known + 1 : known);
        return message;
    }

    private static void WriteHead(ref MessagePackWriter writer, Message message)
    {
        writer.Write(message.From.Value);
        writer.Write(message.FromIncarnation.Value);
        writer.Write(message.To.Value);
        writer.Write(message.ToIncarnation.Value);
        writer.Write(message.Sequence);
    }

    private static void WriteReport(ref MessagePackWriter writer, NodeReport report)
    {
        writer.WriteArrayHeader(ReportFields + 3);
        writer.Write(report.Node.Value);
        writer.Write(report.Incarnation.Value);
        writer.Write(report.BootId);
        writer.Write(report.Applied.Value);
        writer.Write(report.Epoch.Value);
        writer.Write(report.ConfigDigest);
        writer.Write(report.IsLeaving);
        writer.Write(report.HoldsExclusive);
        writer.WriteArrayHeader(report.Slots.Length);
        foreach (var slot in report.Slots) WriteSlot(ref writer, slot);
        WriteExpiries(ref writer, report.Expiries);
        writer.Write(report.Identity);
        writer.WriteArrayHeader(report.Crontabs.Length);
        foreach (var crontab in report.Crontabs) WriteCrontab(ref writer, crontab);
        writer.Write(report.Trouble);
    }

    private static NodeReport ReadReport(ref MessagePackReader reader)
    {
        var fields = reader.ReadArrayHeader();
        var report = new NodeReport
        {
            Node = new NodeId(ReadText(ref reader)),
            Incarnation = new Incarnation(ReadNumber(ref reader)),
            BootId = ReadText(ref reader),
            Applied = new LogIndex(ReadNumber(ref reader)),
            Epoch = new LogIndex(ReadNumber(ref reader)),
            ConfigDigest = ReadText(ref reader),
            IsLeaving = reader.ReadBoolean(),
            HoldsExclusive = reader.ReadBoolean(),
            Slots = ReadSlots(ref reader),
            Expiries = ReadExpiries(ref reader),
        };
        if (fields <= ReportFields)
        {
            SkipRest(ref reader, fields, ReportFields);
            return report;
        }
        report = report with { Identity = ReadText(ref reader) };
        if (fields <= ReportFields + 1) return report;
        report = report with { Crontabs = ReadCrontabs(ref reader) };
        if (fields == ReportFields + 2) return report;
        report = report with { Trouble = ReadText(ref reader) };
        SkipRest(ref reader, fields, ReportFields + 3);
        return report;
    }

    private static void WriteCrontab(ref MessagePackWriter writer, CrontabReport crontab)
    {
        writer.WriteArrayHeader(CrontabFields);
        writer.Write(crontab.Slot.Resource.Nickname);
        writer.Write(crontab.Slot.Home.Value);
        writer.Write(crontab.Token.Value);
        writer.Write((int)crontab.News);
        writer.Write(crontab.FromSeconds);
        writer.Write(crontab.UntilSeconds);
        writer.Write(crontab.Count);
        writer.Write(crontab.Detail);
    }

    private static ImmutableArray<CrontabReport> ReadCrontabs(ref MessagePackReader reader)
    {
        var count = ReadCount(ref reader, CrontabReport.CountMax);
        var crontabs = ImmutableArray.CreateBuilder<CrontabReport>(count);
        for (var i = 0; i < count; i++)
        {
            var fields = reader.ReadArrayHeader();
            var slot = new SlotId(new ResourceId(ResourceKind.Cron, ReadText(ref reader)), new NodeId(ReadText(ref reader)));
            crontabs.Add(new CrontabReport(slot, new LogIndex(ReadNumber(ref reader)), ReadEnum<CrontabNews>(ref reader),
                ReadSeconds(ref reader), ReadSeconds(ref reader), reader.ReadInt32(), ReadText(ref reader)));
            SkipRest(ref reader, fields, CrontabFields);
        }
        return crontabs.MoveToImmutable();
    }

    /// <summary>Unix time that a date can hold.</summary>
    private static long ReadSeconds(ref MessagePackReader reader)
    {
        var seconds = ReadNumber(ref reader);
        return seconds <= SecondsMax ? seconds : throw new MessagePackSerializationException("a time is out of range");
    }

    private static void WriteSlot(ref MessagePackWriter writer, SlotReport slot)
    {
        writer.WriteArrayHeader(slot.IsConflict ? SlotFields + 1 : SlotFields);
        writer.Write((int)slot.Slot.Resource.Kind);
        writer.Write(slot.Slot.Resource.Nickname);
        writer.Write(slot.Slot.Home.Value);
        writer.Write(slot.Token.Value);
        writer.Write((int)slot.Phase);
        writer.Write(slot.Failures);
        writer.Write(slot.Detail);
        if (slot.IsConflict) writer.Write(slot.IsConflict);
    }

    private static ImmutableArray<SlotReport> ReadSlots(ref MessagePackReader reader)
    {
        var count = ReadCount(ref reader, Limits.SlotsMax);
        var slots = ImmutableArray.CreateBuilder<SlotReport>(count);
        for (var i = 0; i < count; i++)
        {
            var fields = reader.ReadArrayHeader();
            var resource = new ResourceId(ReadEnum<ResourceKind>(ref reader), ReadText(ref reader));
            var slot = new SlotId(resource, new NodeId(ReadText(ref reader)));
            slots.Add(new SlotReport(slot, new LogIndex(ReadNumber(ref reader)), ReadEnum<RunPhase>(ref reader),
                reader.ReadInt32(), ReadText(ref reader))
            {
                IsConflict = fields > SlotFields && reader.ReadBoolean(),
            });
            SkipRest(ref reader, fields, fields > SlotFields ? SlotFields + 1 : SlotFields);
        }
        return slots.MoveToImmutable();
    }

    private static void WriteExpiries(ref MessagePackWriter writer, ImmutableArray<Expiry> expiries)
    {
        writer.WriteArrayHeader(expiries.Length);
        foreach (var expiry in expiries)
        {
            writer.WriteArrayHeader(ExpiryFields);
            writer.Write(expiry.Node.Value);
            writer.Write(expiry.Round.Value);
            writer.Write(expiry.IsHeard);
        }
    }

    private static ImmutableArray<Expiry> ReadExpiries(ref MessagePackReader reader)
    {
        var count = ReadCount(ref reader, Limits.NodesMax);
        var expiries = ImmutableArray.CreateBuilder<Expiry>(count);
        for (var i = 0; i < count; i++)
        {
            var fields = reader.ReadArrayHeader();
            expiries.Add(new Expiry(new NodeId(ReadText(ref reader)), new LogIndex(ReadNumber(ref reader)), reader.ReadBoolean()));
            SkipRest(ref reader, fields, ExpiryFields);
        }
        return expiries.MoveToImmutable();
    }

    private static string ReadText(ref MessagePackReader reader)
    {
        var text = reader.ReadString() ?? throw new MessagePackSerializationException("text is missing");
        return text.Length <= TextCharsMax ? text : throw new MessagePackSerializationException("text is too long");
    }

    private static long ReadNumber(ref MessagePackReader reader)
    {
        var number = reader.ReadInt64();
        return number >= 0 ? number : throw new MessagePackSerializationException("number below zero");
    }

    private static T ReadEnum<T>(ref MessagePackReader reader)
        where T : struct, Enum
    {
        var value = Unsafe.BitCast<int, T>(reader.ReadInt32());
        return Enum.IsDefined(value) ? value : throw new MessagePackSerializationException($"no such {typeof(T).Name}");
    }

    private static int ReadCount(ref MessagePackReader reader, int max)
    {
        var count = reader.ReadArrayHeader();
        return count <= max ? count : throw new MessagePackSerializationException("too many entries");
    }

    private static void SkipRest(ref MessagePackReader reader, int fields, int known)
    {
        if (fields < known) throw new MessagePackSerializationException("fields are missing");
        // Not the reader's own Skip: nesting must not cost stack.
        for (long left = fields - known; left > 0; left--)
        {
            switch (reader.NextMessagePackType)
            {
                case MessagePackType.Array: left += reader.ReadArrayHeader(); break;
                case MessagePackType.Map: left += 2L * reader.ReadMapHeader(); break;
                default: reader.Skip(); break;
            }
        }
    }
}

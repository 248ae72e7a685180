using System.Globalization;
using Drcm.Consensus.Inspection;
using Drcm.StateMachine;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;

namespace Drcm.Node.LogTool;

/// <summary>One stored entry for people: its events as <c>drcm events</c> prints them.</summary>
internal static class EntryText
{
    /// <summary>Bytes of a payload that is no event; more are counted.</summary>
    private const int HexBytesMax = 32;

    /// <summary>Why the daemon could not use a payload; null when it could.</summary>
    public static string? WhyMisread(ReadOnlyMemory<byte> payload) => TryDecode(payload, out _, out var why) ? null : why;

    public static IEnumerable<string> Lines(InspectedEntry entry)
    {
        var mark = entry.IsCommitted ? "" : "  [not known to be committed]";
        switch (entry.Kind)
        {
            case InspectedKind.Payload when TryDecode(entry.Payload, out var batch, out _):
                foreach (var line in EventsOf(entry, batch!)) yield return EventSentence.Of(line, Time(line.At)) + mark;
                break;
            case InspectedKind.Barrier:
                yield return Other(entry, "barrier", $"a leader proves its term {entry.Term}") + mark;
                break;
            case InspectedKind.Empty:
                yield return Other(entry, "term", $"a leader opens term {entry.Term}") + mark;
                break;
            case InspectedKind.Members:
                yield return Other(entry, "members", Hex(entry.Payload)) + mark;
                break;
            default:
                yield return Other(entry, "unknown", Hex(entry.Payload)) + mark;
                break;
        }
    }

    public static IEnumerable<EventLine> EventsOf(InspectedEntry entry, EventBatch batch) => batch.Events.Select((e, ordinal) =>
        EventLines.Of(
            new LogIndex(entry.Index), ordinal, new Term(entry.Term), batch, e, EventNames.Of(e.Event), entry.IsEffective ?? true));

    public static bool TryDecode(ReadOnlyMemory<byte> payload, out EventBatch? batch, out string why)
    {
        try
        {
            (batch, why) = (EventCodec.Decode(payload), "");
            return true;
        }
        catch (Exception e) when (e is UnknownEventException or CorruptEventException)
        {
            (batch, why) = (null, e.Message);
            return false;
        }
    }

    /// <summary>Local time, as in <c>drcm events</c>.</summary>
    private static string Time(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static string Other(InspectedEntry entry, string what, string text) => $"{entry.Index,6}  {"",23}  {what,-20} {text}";

    private static string Hex(ReadOnlyMemory<byte> payload) => payload.Length <= HexBytesMax
        ? Convert.ToHexStringLower(payload.Span)
        : $"{Convert.ToHexStringLower(payload.Span[..HexBytesMax])}… ({payload.Length} bytes)";
}

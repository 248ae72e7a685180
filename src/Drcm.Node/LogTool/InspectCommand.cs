using System.Text;
using System.Text.Json;
using Drcm.Consensus.Inspection;

namespace Drcm.Node.LogTool;

/// <summary><c>drcm log inspect</c>. Entries go out as they are read, so memory does not grow with the log.</summary>
internal static class InspectCommand
{
    private const int FlushBytes = 64 * 1024;

    public static void Print(StoredLog log, LogReport report, LogPlace place, LogArguments arguments, Stream output)
    {
        var (from, to) = arguments.Range(report.LastIndex);
        if (arguments.AsJson) PrintJson(log, report, place, from, to, output);
        else PrintText(log, report, place, from, to, output);
    }

    private static void PrintText(StoredLog log, LogReport report, LogPlace place, long from, long to, Stream output)
    {
        using var text = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), FlushBytes, leaveOpen: true);
        text.Write($"{ReportText.Heading(report, place)}\n\n{ReportText.Files(report)}\n");
        log.Read(report, from, to, entry =>
        {
            foreach (var line in EntryText.Lines(entry)) text.Write(line + "\n");
        });
        text.Write($"\n{ReportText.Findings(report)}{ReportText.Verdict(report)}\n");
    }

    private static void PrintJson(StoredLog log, LogReport report, LogPlace place, long from, long to, Stream output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WritePropertyName("log");
        JsonSerializer.Serialize(json, LogJsonReport.Of(report, place), LogJson.Default.LogJsonReport);
        json.WriteStartArray("entries");
        log.Read(report, from, to, entry =>
        {
            JsonSerializer.Serialize(json, LogJsonEntry.Of(entry), LogJson.Default.LogJsonEntry);
            if (json.BytesPending > FlushBytes) json.Flush();
        });
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }
}

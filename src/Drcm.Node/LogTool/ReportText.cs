using System.Text;
using Drcm.Consensus.Inspection;

namespace Drcm.Node.LogTool;

/// <summary>A report for people.</summary>
internal static class ReportText
{
    public static string Heading(LogReport report, LogPlace place)
    {
        var entries = report.LastIndex < report.FirstIndex ? "no entries" : $"entries {report.FirstIndex} to {report.LastIndex}";
        var snapshot = report.Snapshot is { } s ? $"snapshot of entry {s.Index} (term {s.Term}, {s.StateBytes} bytes)" : "no snapshot";
        return $"Log in {report.Directory}\n"
            + $"term {report.Term}, vote for {place.Vote(report)}; {snapshot}; {entries}, acknowledged to {report.FlushedIndex}, committed to {report.CommitIndex}";
    }

    public static string Files(LogReport report) => Columns.Render(
    [
        ["FILE", "BYTES", "ENTRIES", "TERMS", "STATE", "HOLDS"],
        .. report.Files.Select(f => new[]
        {
            f.Name, $"{f.Bytes}", Span(f.FirstIndex, f.LastIndex), Span(f.FirstTerm, f.LastTerm), f.IsRefused ? "DAMAGED" : "sound", f.Holds,
        }),
    ]);

    public static string Findings(LogReport report)
    {
        var text = new StringBuilder();
        foreach (var finding in report.Findings.OrderByDescending(f => f.Kind))
        {
            var word = finding.Kind == FindingKind.Refused ? "DAMAGED" : "note   ";
            text.Append($"{word}  {finding.File}, byte {finding.Offset}: {finding.Problem}\n         {finding.Meaning}\n");
            if (finding.Remedy.Length > 0) text.Append($"         remedy: {finding.Remedy}\n");
            text.Append('\n');
        }
        return text.ToString();
    }

    public static string Verdict(LogReport report)
    {
        var bytes = report.Files.Sum(f => f.Bytes);
        var refused = report.Findings.Count(f => f.Kind == FindingKind.Refused);
        return refused > 0
            ? $"REFUSED: {refused} {(refused == 1 ? "fault" : "faults")} in {report.Files.Length} files, {bytes} bytes read. A daemon does not open this log."
            : $"Sound: {report.Files.Length} files, {bytes} bytes read. A daemon opens this log with everything that was acknowledged.";
    }

    private static string Span(long? from, long? to) => (from, to) switch
    {
        (null, null) => "",
        (null, { } last) => $"to {last}",
        ({ } first, { } last) when last < first => "none",
        ({ } first, { } last) when last == first => $"{first}",
        _ => $"{from} - {to}",
    };
}

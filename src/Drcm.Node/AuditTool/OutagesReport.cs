using System.Text.Json;
using Drcm.Node.LogTool;

namespace Drcm.Node.AuditTool;

/// <summary><c>drcm audit --outages</c>: the longest first.</summary>
internal static class OutagesReport
{
    public static void Print(AuditBook book, AuditQuestion question, AuditArguments arguments, TextWriter output)
    {
        var span = book.Span(question.Since, question.Until);
        var outages = book.Slots().SelectMany(s => book.Outages(s, span)).Where(o => question.IsAbout(o.Slot) || (question.Resource is null && o.Owner == question.Node))
            .Select(o => OutageLine.Of(o, arguments.Now)).OrderByDescending(o => o.Seconds).ThenBy(o => o.Index).ToArray();
        switch (arguments.Format)
        {
            case AuditFormat.Json:
                output.Write($"{JsonSerializer.Serialize(new AuditJsonOutages(question.Since, question.Until, [.. outages]), AuditJson.Default.AuditJsonOutages)}\n");
                return;
            case AuditFormat.Csv:
                Csv.Write(
                    output, ["slot", "from", "until", "seconds", "silence_seconds", "cause", "owner", "index", "why"],
                    outages.Select(o => new object?[] { o.Slot, o.From, o.Until, o.Seconds, o.SilenceSeconds, o.Cause, o.Owner, o.Index, o.Why }));
                return;
        }
        output.Write($"Outages from {TimelineReport.Stamp(question.Since)} to {TimelineReport.Stamp(question.Until)}\n\n");
        if (outages.Length == 0) output.Write("There were none.\n");
        else
        {
            output.Write(Columns.Render(
            [
                ["RESOURCE", "FROM", "LASTED", "CAUSE", "ENDED BY", "WHY"],
                .. outages.Select(o => new[]
                {
                    o.Slot, TimelineReport.Stamp(o.From), TimelineReport.Seconds(o.Seconds), o.Cause.Replace('_', ' '),
                    o.Owner ?? (o.Until is null ? "(it lasts)" : "(configuration)"), o.Why,
                }),
            ]));
        }
        foreach (var hole in TimelineReport.Holes(book, question)) output.Write($"\n{hole}\n");
    }
}

using System.Globalization;
using System.Text.Json;
using Drcm.Node.LogTool;
using Drcm.StateMachine.Control;

namespace Drcm.Node.AuditTool;

/// <summary><c>drcm audit</c>: every event of a time, then what it came to.</summary>
internal static class TimelineReport
{
    public static void Print(AuditBook book, AuditQuestion question, AuditArguments arguments, TextWriter output)
    {
        var filter = question.Filter;
        var span = book.Span(question.Since, question.Until);
        var events = book.Events(span).Where(filter.Accepts);
        if (arguments.Format == AuditFormat.Csv)
        {
            PrintCsv(events, output);
            return;
        }
        var kept = events.ToArray();
        var summary = AuditSummary.Of(book, question, span, kept, arguments.Now);
        if (arguments.Format == AuditFormat.Json)
        {
            var report = new AuditJsonReport(question.Since, question.Until, book.Applied, book.PrunedUpTo, [.. book.Gaps()], [.. kept], summary);
            output.Write($"{JsonSerializer.Serialize(report, AuditJson.Default.AuditJsonReport)}\n");
            return;
        }
        output.Write($"From {Stamp(question.Since)} to {Stamp(question.Until)}\n\n");
        foreach (var line in kept) output.Write($"{EventSentence.Of(line, TimeText.Exact(line.At))}\n");
        if (kept.Length == 0) output.Write("Nothing was committed in this time.\n");
        foreach (var hole in Holes(book, question)) output.Write($"\n{hole}\n");
        PrintSummary(summary, output);
    }

    /// <summary>What the reader must know before he believes the rest.</summary>
    public static IEnumerable<string> Holes(AuditBook book, AuditQuestion question)
    {
        foreach (var gap in book.Gaps().Where(g => g.Noticed >= question.Since))
            yield return $"Gap: entries {gap.From} to {gap.To} are missing here ({gap.Why}); noticed {Stamp(gap.Noticed)}.";
        if (book.PrunedUpTo is > 0 and var pruned && book.IndexAt(question.Since) == 0)
            yield return $"Events up to entry {pruned} were let go (audit_days_to_keep, max_audit_size): what is above begins after them.";
    }

    public static string Stamp(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static void PrintSummary(AuditSummary summary, TextWriter output)
    {
        if (summary.Availability.IsEmpty) return;
        output.Write("\nAvailability\n");
        output.Write(Columns.Render(
        [
            ["RESOURCE", "AVAILABLE", "DOWN", "OUTAGES", "LONGEST", "MOVES", "FAILURES"],
            .. summary.Availability.Select(a => new[]
            {
                a.Slot, a.Availability.ToString("0.000 %", CultureInfo.InvariantCulture), Seconds(a.DownSeconds), $"{a.Outages}", Seconds(a.LongestSeconds), $"{a.Moves}", $"{a.Failures}",
            }),
        ]));
        if (!summary.Takeovers.IsEmpty)
        {
            output.Write("\nWho got what\n");
            output.Write(Columns.Render(
            [
                ["TIME", "RESOURCE", "NODE", "WHAT", "CAUSE", "AFTER", "WHY"],
                .. summary.Takeovers.Select(t => new[]
                {
                    Stamp(t.At), t.Slot, t.Owner, t.Kind, t.Cause.Replace('_', ' '), t.Seconds is { } s ? Seconds(s) : "never started", t.Why,
                }),
            ]));
        }
        if (summary.LongestOutage is { } longest)
            output.Write($"\nLongest outage: {longest.Slot}, {Seconds(longest.Seconds)}{(longest.Until is null ? " so far" : "")} from {Stamp(longest.From)}: {longest.Why}\n");
        foreach (var flapping in summary.Flapping)
            output.Write($"Flapping: {flapping.Slot} was assigned {flapping.Moves} times from {Stamp(flapping.From)} to {Stamp(flapping.To)}\n");
    }

    public static string Seconds(double seconds) => seconds switch
    {
        0 => "0 s",
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0##} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.#} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h"),
    };

    private static void PrintCsv(IEnumerable<EventLine> events, TextWriter output) => Csv.Write(
        output,
        ["index", "ordinal", "term", "at", "actor", "event", "node", "resource", "slot", "token", "detail", "reason", "is_effective"],
        events.Select(e => new object?[]
        {
            e.Index, e.Ordinal, e.Term, e.At, e.Actor, e.Event, e.Node, e.Resource, e.Slot, e.Token, e.Detail, e.Reason, e.IsEffective,
        }));
}

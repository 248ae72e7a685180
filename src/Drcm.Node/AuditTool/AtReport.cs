using System.Text.Json;
using Drcm.Node.LogTool;

namespace Drcm.Node.AuditTool;

/// <summary><c>drcm audit --at</c>: who owned what at a moment.</summary>
internal static class AtReport
{
    public static void Print(AuditBook book, AuditQuestion question, AuditArguments arguments, TextWriter output)
    {
        var at = arguments.At!.Value;
        var index = book.IndexAt(at);
        var next = book.IndexAfter(index);
        var isInGap = book.Gaps().Any(g => g.To > index && (next == 0 || g.From < next));
        var owners = book.Slots().Select(s => OwnerAt.Of(book, s, index)).OfType<OwnerAt>()
            .Where(o => question.IsAbout(o.Slot) || (question.Node is { } node && o.Owner == node && (question with { Node = null }).IsAbout(o.Slot))).ToArray();
        switch (arguments.Format)
        {
            case AuditFormat.Json:
                output.Write($"{JsonSerializer.Serialize(new AuditJsonAt(at, index, isInGap, [.. owners]), AuditJson.Default.AuditJsonAt)}\n");
                return;
            case AuditFormat.Csv:
                Csv.Write(
                    output, ["slot", "owner", "is_running", "since", "index", "cause", "why"],
                    owners.Select(o => new object?[] { o.Slot, o.Owner, o.IsRunning, o.Since, o.Index, o.Cause, o.Why }));
                return;
        }
        output.Write($"At {TimelineReport.Stamp(at)}, after entry {index}\n\n");
        if (isInGap) output.Write("This moment may lie in a gap of the history: what is shown is from before it.\n\n");
        if (owners.Length == 0) output.Write(index == 0 ? "The history does not reach back so far.\n" : "There was no such resource.\n");
        else
        {
            output.Write(Columns.Render(
            [
                ["RESOURCE", "OWNER", "RUNNING", "SINCE", "CAUSE", "WHY"],
                .. owners.Select(o => new[]
                {
                    o.Slot, o.Owner ?? "nobody", o.IsRunning ? "yes" : "no", TimelineReport.Stamp(o.Since), o.Cause.Replace('_', ' '), o.Why,
                }),
            ]));
        }
    }
}

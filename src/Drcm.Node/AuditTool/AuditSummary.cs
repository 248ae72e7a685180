using System.Collections.Immutable;
using Drcm.StateMachine.Control;

namespace Drcm.Node.AuditTool;

/// <summary>What a stretch of time came to.</summary>
internal sealed record AuditSummary(
    ImmutableArray<AvailabilityLine> Availability, ImmutableArray<TakeoverLine> Takeovers, OutageLine? LongestOutage, ImmutableArray<FlappingLine> Flapping)
{
    /// <summary>More assignments than this within <see cref="FlappingSpan"/>: a takeover and its failback are two.</summary>
    public const int MovesMax = 4;

    public static readonly TimeSpan FlappingSpan = TimeSpan.FromHours(1);

    public static AuditSummary Of(AuditBook book, AuditQuestion question, AuditSpan span, IReadOnlyList<EventLine> events, DateTimeOffset now)
    {
        var known = book.Slots();
        var outages = known.Where(question.IsAbout).SelectMany(s => book.Outages(s, span)).ToLookup(o => o.Slot);
        var moves = known.SelectMany(s => book.Ownership(s, span)).Where(question.IsAbout).OrderBy(m => m.Token).ThenBy(m => m.Slot, StringComparer.Ordinal).ToArray();
        var movesOf = moves.ToLookup(m => m.Slot);
        var failures = events.Where(e => e is { Event: "resource.failed", IsEffective: true, Slot: not null }).ToLookup(e => e.Slot!);
        var end = question.Until < now ? question.Until : now;
        var slots = known.Where(s => question.IsAbout(s) || movesOf.Contains(s));
        return new AuditSummary(
            [.. slots.Select(s => AvailabilityLine.Of(s, Present(book, s, question.Since, end), [.. outages[s]], movesOf[s].Count(), failures[s].Count())).OfType<AvailabilityLine>()],
            [.. moves.Select(m => TakeoverLine.Of(m, book.NewestOutage(m.Slot, m.Token)))],
            outages.SelectMany(o => o).Select(o => OutageLine.Of(o, now)).MaxBy(o => o.Seconds),
            [.. movesOf.Select(m => FlappingLine.Of(m.Key, [.. m])).OfType<FlappingLine>()]);
    }

    /// <summary>The part of the time in which the slot was in the configuration.</summary>
    private static (DateTimeOffset From, DateTimeOffset To) Present(AuditBook book, string slot, DateTimeOffset since, DateTimeOffset until)
    {
        var first = book.FirstSeen(slot);
        var last = book.LastSeen(slot) ?? until;
        return (first > since ? first : since, last < until ? last : until);
    }
}

/// <param name="Availability">0 to 1.</param>
/// <param name="DownSeconds">Time without a started owner, silence before deaths included.</param>
/// <param name="Moves">Assignments, the first start included.</param>
/// <param name="Failures">Counted failures of starts and monitors.</param>
internal sealed record AvailabilityLine(string Slot, double Availability, double DownSeconds, int Outages, double LongestSeconds, int Moves, int Failures)
{
    /// <summary>Null: the slot was not there then.</summary>
    public static AvailabilityLine? Of(string slot, (DateTimeOffset From, DateTimeOffset To) present, IReadOnlyList<OutageRow> outages, int moves, int failures)
    {
        var span = present.To - present.From;
        if (span <= TimeSpan.Zero) return null;
        var parts = outages.Select(o => Overlap(present, (o.Since, o.Until ?? present.To))).Where(p => p > TimeSpan.Zero).ToArray();
        var down = parts.Aggregate(TimeSpan.Zero, (sum, part) => sum + part);
        return new(
            slot, Math.Round(Math.Max(0, 1 - down / span), 7), Seconds(down), parts.Length, Seconds(parts.DefaultIfEmpty(TimeSpan.Zero).Max()), moves, failures);
    }

    private static TimeSpan Overlap((DateTimeOffset From, DateTimeOffset To) a, (DateTimeOffset From, DateTimeOffset To) b) =>
        (a.To < b.To ? a.To : b.To) - (a.From > b.From ? a.From : b.From);

    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 3);
}

/// <summary>One assignment.</summary>
/// <param name="Kind"><c>start</c>, <c>takeover</c> or <c>failback</c>.</param>
/// <param name="Seconds">From the beginning of the outage until it was started, silence included; null: never started.</param>
internal sealed record TakeoverLine(DateTimeOffset At, long Index, string Slot, string Owner, string Kind, string Cause, double? Seconds, string Why)
{
    public static TakeoverLine Of(OwnershipRow row, OutageRow? outage) => new(
        row.From, row.Token, row.Slot, row.Owner, row.Kind, row.Cause,
        row.Started is { } started ? Math.Round((started - (outage?.Since ?? row.From)).TotalSeconds, 3) : null,
        row.Why);
}

/// <param name="Until">Null: it lasts.</param>
/// <param name="Seconds">Silence included.</param>
internal sealed record OutageLine(
    string Slot, DateTimeOffset From, DateTimeOffset? Until, double Seconds, double SilenceSeconds, string Cause, string? Owner, long Index, string Why)
{
    public static OutageLine Of(OutageRow row, DateTimeOffset now) => new(
        row.Slot, row.From, row.Until, Math.Round(row.Length(now).TotalSeconds, 3), Math.Round(row.Silence.TotalSeconds, 3), row.Cause, row.Owner, row.FromIndex, row.Why);
}

/// <summary>A slot that moved more often than a takeover and its failback explain.</summary>
/// <param name="Moves">Within the worst hour.</param>
internal sealed record FlappingLine(string Slot, int Moves, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>Null: it did not flap.</summary>
    public static FlappingLine? Of(string slot, IReadOnlyList<OwnershipRow> moves)
    {
        var (first, worst, worstFirst) = (0, 0, 0);
        for (var last = 0; last < moves.Count; last++)
        {
            while (moves[last].From - moves[first].From > AuditSummary.FlappingSpan) first++;
            if (last - first + 1 > worst) (worst, worstFirst) = (last - first + 1, first);
        }
        return worst > AuditSummary.MovesMax ? new(slot, worst, moves[worstFirst].From, moves[worstFirst + worst - 1].From) : null;
    }
}

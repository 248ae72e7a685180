using Microsoft.Data.Sqlite;

namespace Drcm.Node.AuditTool;

/// <summary>Entries that this node has not got.</summary>
internal sealed record GapRow(long From, long To, DateTimeOffset Noticed, string Why);

/// <summary>One row of <c>ownership</c>.</summary>
internal sealed record OwnershipRow(
    string Slot, long Token, string Owner, string Kind, string Cause, string Why, DateTimeOffset From, DateTimeOffset? Started, long? UntilIndex,
    DateTimeOffset? Until, string? UntilCause)
{
    public const string Columns =
        "select slot, token, owner, kind, cause, why, from_ms, started_ms, until_idx, until_ms, until_cause from ownership";

    public static OwnershipRow Of(SqliteDataReader r) => new(
        r.GetString(0), r.GetInt64(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), AuditBook.Time(r.GetInt64(6)), Cells.Time(r, 7),
        r.IsDBNull(8) ? null : r.GetInt64(8), Cells.Time(r, 9), Cells.Text(r, 10));

    /// <summary>It is this assignment that held after the entry.</summary>
    public bool Holds(long index) => UntilIndex is null || UntilIndex > index;
}

/// <summary>One row of <c>outages</c>.</summary>
/// <param name="Silence">How long its owner may have been gone before <paramref name="From"/>.</param>
/// <param name="Owner">Who ended it; null: nobody yet, or it left the configuration.</param>
internal sealed record OutageRow(
    string Slot, long FromIndex, DateTimeOffset From, TimeSpan Silence, string Cause, string Why, long? UntilIndex, DateTimeOffset? Until, string? Owner)
{
    public const string Columns = "select slot, from_idx, from_ms, silence_ms, cause, why, until_idx, until_ms, owner from outages";

    public static OutageRow Of(SqliteDataReader r) => new(
        r.GetString(0), r.GetInt64(1), AuditBook.Time(r.GetInt64(2)), TimeSpan.FromMilliseconds(r.GetInt64(3)), r.GetString(4), r.GetString(5),
        r.IsDBNull(6) ? null : r.GetInt64(6), Cells.Time(r, 7), Cells.Text(r, 8));

    /// <summary>The last sign of life that its owner can have given.</summary>
    public DateTimeOffset Since => From - Silence;

    public bool Holds(long index) => UntilIndex is null || UntilIndex > index;

    /// <summary>From the last sign of life on, silence included.</summary>
    public TimeSpan Length(DateTimeOffset now) => (Until ?? now) - Since is var length && length > TimeSpan.Zero ? length : TimeSpan.Zero;
}

internal static class Cells
{
    public static DateTimeOffset? Time(SqliteDataReader reader, int place) => reader.IsDBNull(place) ? null : AuditBook.Time(reader.GetInt64(place));

    public static string? Text(SqliteDataReader reader, int place) => reader.IsDBNull(place) ? null : reader.GetString(place);
}

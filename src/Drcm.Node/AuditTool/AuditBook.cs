using Drcm.Node.Audit;
using Drcm.StateMachine.Control;
using Microsoft.Data.Sqlite;

namespace Drcm.Node.AuditTool;

/// <summary>audit.db, open for reading; beside a running daemon, or without one.</summary>
internal sealed class AuditBook : IDisposable
{
    private const int CannotOpen = 14;

    private readonly SqliteConnection _connection;

    private AuditBook(SqliteConnection connection) => _connection = connection;

    /// <exception cref="SqliteException">Damaged, or not ours to read.</exception>
    /// <exception cref="AuditDamagedException">Not of this release.</exception>
    public static AuditBook Open(string path)
    {
        var connection = Connect(path);
        var book = new AuditBook(connection);
        var version = book.Number("select user_version from pragma_user_version");
        if (version == AuditSchema.Version) return book;
        book.Dispose();
        throw new AuditDamagedException($"{path} has tables of version {version}; this release reads {AuditSchema.Version}");
    }

    /// <summary>Newest entry of the log that is in it.</summary>
    public long Applied => Number($"select value from meta where key = '{AuditProjector.AppliedKey}'");

    /// <summary>Older events were let go (retention); 0: none were.</summary>
    public long PrunedUpTo => Number($"select value from meta where key = '{AuditRetention.PrunedKey}'");

    public IEnumerable<GapRow> Gaps() =>
        Rows("select from_idx, to_idx, noticed_ms, why from gaps order by to_idx", r => new GapRow(r.GetInt64(0), r.GetInt64(1), Time(r.GetInt64(2)), r.GetString(3)));

    /// <summary>Every slot that ever had an owner or an outage.</summary>
    public IReadOnlyList<string> Slots() => [.. Distinct("ownership", "slot").Union(Distinct("outages", "slot"), StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public IReadOnlyList<string> Nodes() => [.. Distinct("node_intervals", "node")];

    /// <summary>Of the entries in that time, in the order of the log.</summary>
    public IEnumerable<EventLine> Events(AuditSpan span) => Rows(
        "select idx, ordinal, term, at_ms, actor, event, node, resource, slot, token, detail, reason, is_effective from events "
        + "where id >= ($1 + 1) * 2048 and id < ($2 + 1) * 2048 order by id",
        r => new EventLine(
            r.GetInt64(0), r.GetInt32(1), r.GetInt64(2), Time(r.GetInt64(3)), r.GetString(4), r.GetString(5), Cells.Text(r, 6), Cells.Text(r, 7), Cells.Text(r, 8),
            r.IsDBNull(9) ? null : r.GetInt64(9), Cells.Text(r, 10), r.GetString(11), r.GetBoolean(12)),
        span.After, span.UpTo);

    /// <summary>The entries from one moment to another.</summary>
    public AuditSpan Span(DateTimeOffset since, DateTimeOffset until)
    {
        var upTo = IndexAt(until);
        // What a gap swallowed lies between two entries: the next one bounds it.
        var next = IndexAfter(upTo);
        return new AuditSpan(IndexAt(since - TimeSpan.FromMilliseconds(1)), upTo, next == 0 ? long.MaxValue / AuditSchema.OrdinalsPerEntry - 1 : next - 1, since, until);
    }

    /// <summary>Assignments made in that time, in the order of the log.</summary>
    public IEnumerable<OwnershipRow> Ownership(string slot, AuditSpan span) => Rows(
        $"{OwnershipRow.Columns} where slot = $1 and token > $2 and token <= $3 and from_ms between $4 and $5 order by token",
        OwnershipRow.Of, slot, span.After, span.Before, Milliseconds(span.Since), Milliseconds(span.Until));

    /// <summary>Outages that were in that time, at least in part, in the order of the log.</summary>
    public IEnumerable<OutageRow> Outages(string slot, AuditSpan span)
    {
        if (NewestOutage(slot, span.After) is { } former && former.Holds(span.After)) yield return former;
        foreach (var row in Rows($"{OutageRow.Columns} where slot = $1 and from_idx > $2 and from_idx <= $3 order by from_idx", OutageRow.Of, slot, span.After, span.Before))
            yield return row;
    }

    /// <summary>Newest entry whose stamp is not after that time; 0: none.</summary>
    public long IndexAt(DateTimeOffset at) =>
        Number("select idx from events where at_ms <= $1 and id % 2048 = 0 order by at_ms desc, id desc limit 1", Milliseconds(at));

    /// <summary>The next stored entry after that one; 0: none.</summary>
    public long IndexAfter(long index) => Number("select idx from events where id >= ($1 + 1) * 2048 order by id limit 1", index);

    public OwnershipRow? NewestOwnership(string slot, long upTo) =>
        Rows($"{OwnershipRow.Columns} where slot = $1 and token <= $2 order by token desc limit 1", OwnershipRow.Of, slot, upTo).FirstOrDefault();

    public OutageRow? NewestOutage(string slot, long upTo) =>
        Rows($"{OutageRow.Columns} where slot = $1 and from_idx <= $2 order by from_idx desc limit 1", OutageRow.Of, slot, upTo).FirstOrDefault();

    /// <summary>When a slot was first heard of.</summary>
    public DateTimeOffset FirstSeen(string slot)
    {
        var owned = Rows("select from_ms from ownership where slot = $1 order by token limit 1", r => r.GetInt64(0), slot);
        var lost = Rows("select from_ms from outages where slot = $1 order by from_idx limit 1", r => r.GetInt64(0), slot);
        return Time(owned.Concat(lost).Min());
    }

    /// <summary>When a slot left the configuration; null: it has not. One that is in it has an owner, or an outage.</summary>
    public DateTimeOffset? LastSeen(string slot)
    {
        var (owned, lost) = (NewestOwnership(slot, long.MaxValue), NewestOutage(slot, long.MaxValue));
        if (owned is { Until: null } || lost is { Until: null }) return null;
        return owned?.Until > lost?.Until ? owned.Until : lost?.Until ?? owned?.Until;
    }

    public static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public void Dispose() => _connection.Dispose();

    /// <summary>One step for each name instead of one for each row: the tables have a thousand rows for each slot.</summary>
    private IEnumerable<string> Distinct(string table, string key) => Rows(
        $"with recursive k(name) as (select min({key}) from {table} union all select (select min({key}) from {table} where {key} > k.name) from k where k.name is not null) "
        + "select name from k where name is not null",
        r => r.GetString(0));

    /// <summary>Whoever may read the file, but not write beside it, can do so as long as nobody else has it open: the daemon's ending puts everything into it.</summary>
    private static SqliteConnection Connect(string path)
    {
        try
        {
            return Connected(path);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == CannotOpen && File.Exists(path) && !File.Exists(path + "-wal"))
        {
            return Connected($"file:{Uri.EscapeDataString(path).Replace("%2F", "/")}?immutable=1");
        }
    }

    private static SqliteConnection Connected(string source)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = source, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        try
        {
            connection.Open();
            // One moment for all questions of a report.
            using var command = connection.CreateCommand();
            command.CommandText = "begin; select count(*) from sqlite_master";
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private long Number(string text, params object[] values) => Rows(text, r => r.IsDBNull(0) ? 0 : r.GetInt64(0), values).FirstOrDefault();

    private IEnumerable<T> Rows<T>(string text, Func<SqliteDataReader, T> read, params object[] values)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = text;
        for (var i = 0; i < values.Length; i++) command.Parameters.AddWithValue($"${i + 1}", values[i]);
        using var reader = command.ExecuteReader();
        while (reader.Read()) yield return read(reader);
    }

    private static long Milliseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds();
}

/// <summary>A stretch of the history, by time and by entries. Stamps are clocks of several leaders; what counts is the log's order.</summary>
/// <param name="After">The newest entry before it.</param>
/// <param name="UpTo">Its newest entry.</param>
/// <param name="Before">As <paramref name="UpTo"/>, with what a gap behind it swallowed.</param>
internal sealed record AuditSpan(long After, long UpTo, long Before, DateTimeOffset Since, DateTimeOffset Until);

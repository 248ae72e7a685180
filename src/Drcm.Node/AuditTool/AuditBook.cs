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
    public IReadOnlyList<string> Slots() => [.. Distinct("ownership").Union(Distinct("outages"), StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public IReadOnlyList<string> Nodes() => [.. Rows("select distinct node from node_intervals order by node", r => r.GetString(0))];

    /// <summary>In the order of the log.</summary>
    public IEnumerable<EventLine> Events(DateTimeOffset since, DateTimeOffset until) => Rows(
        "select idx, ordinal, term, at_ms, actor, event, node, resource, slot, token, detail, reason, is_effective from events "
        + "where at_ms between $1 and $2 order by idx, ordinal",
        r => new EventLine(
            r.GetInt64(0), r.GetInt32(1), r.GetInt64(2), Time(r.GetInt64(3)), r.GetString(4), r.GetString(5), TextOf(r, 6), TextOf(r, 7), TextOf(r, 8),
            r.IsDBNull(9) ? null : r.GetInt64(9), TextOf(r, 10), r.GetString(11), r.GetBoolean(12)),
        Milliseconds(since), Milliseconds(until));

    /// <summary>Assignments made in that time, in the order of the log.</summary>
    public IEnumerable<OwnershipRow> Ownership(DateTimeOffset since, DateTimeOffset until) =>
        Rows($"{OwnershipRow.Columns} where from_ms between $1 and $2 order by token, slot", OwnershipRow.Of, Milliseconds(since), Milliseconds(until));

    /// <summary>Outages that were in that time, at least in part.</summary>
    public IEnumerable<OutageRow> Outages(DateTimeOffset since, DateTimeOffset until) => Rows(
        $"{OutageRow.Columns} where (until_ms is null or until_ms >= $1) and from_ms <= $2 order by from_idx, slot",
        OutageRow.Of, Milliseconds(since), Milliseconds(until));

    /// <summary>Newest entry whose stamp is not after that time; 0: none.</summary>
    public long IndexAt(DateTimeOffset at) => Number("select idx from events where at_ms <= $1 order by at_ms desc, idx desc limit 1", Milliseconds(at));

    /// <summary>The next stored entry after that one; 0: none.</summary>
    public long IndexAfter(long index) => Number("select min(idx) from events where idx > $1", index);

    public OwnershipRow? NewestOwnership(string slot, long upTo) =>
        Rows($"{OwnershipRow.Columns} where slot = $1 and token <= $2 order by token desc limit 1", OwnershipRow.Of, slot, upTo).FirstOrDefault();

    public OutageRow? NewestOutage(string slot, long upTo) =>
        Rows($"{OutageRow.Columns} where slot = $1 and from_idx <= $2 order by from_idx desc limit 1", OutageRow.Of, slot, upTo).FirstOrDefault();

    /// <summary>When a slot was first heard of, in milliseconds since 1970.</summary>
    public DateTimeOffset FirstSeen(string slot) => Time(Number(
        "select min(x) from (select min(from_ms) x from ownership where slot = $1 union all select min(from_ms) from outages where slot = $1)", slot));

    /// <summary>When a slot left the configuration; null: it has not.</summary>
    public DateTimeOffset? LastSeen(string slot)
    {
        const string open = "select count(*) from (select 1 from ownership where slot = $1 and until_idx is null union all "
            + "select 1 from outages where slot = $1 and until_idx is null)";
        if (Number(open, slot) > 0) return null;
        return Time(Number("select max(x) from (select max(until_ms) x from ownership where slot = $1 union all select max(until_ms) from outages where slot = $1)", slot));
    }

    public static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public void Dispose() => _connection.Dispose();

    /// <summary>One step for each name instead of one for each row: the tables have a thousand rows for each slot.</summary>
    private IEnumerable<string> Distinct(string table) => Rows(
        $"with recursive s(slot) as (select min(slot) from {table} union all select (select min(slot) from {table} where slot > s.slot) from s where s.slot is not null) "
        + "select slot from s where slot is not null",
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

    private static string? TextOf(SqliteDataReader reader, int place) => reader.IsDBNull(place) ? null : reader.GetString(place);

    private static long Milliseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds();
}

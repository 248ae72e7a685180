using Drcm.Consensus;
using Drcm.Integration.Tests.Scripts;
using Drcm.Node.Audit;
using Microsoft.Data.Sqlite;

namespace Drcm.Integration.Tests.Audit;

/// <summary>An audit.db of one test, projected and looked at.</summary>
internal sealed class AuditFile : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public string Path => _directory[AuditDatabase.FileName];

    public string Aside => Path + AuditDatabase.SetAsideSuffix;

    /// <summary>Takes these entries as the log gives them after a start, and commits at the end.</summary>
    /// <param name="killedAfter">The process ends after so many entries, with its transaction open.</param>
    /// <param name="perTransaction">Entries of one transaction.</param>
    public void Project(IEnumerable<CommittedEntry> entries, int? killedAfter = null, int perTransaction = 50)
    {
        using var database = AuditDatabase.Open(Path);
        using var projector = new AuditProjector(database, TimeProvider.System);
        var taken = 0;
        foreach (var entry in entries)
        {
            if (taken++ == killedAfter) return;
            projector.Take(entry);
            if (taken % perTransaction == 0) projector.Commit();
        }
        projector.Commit();
    }

    /// <summary>Every row of every table that follows from the log, in order.</summary>
    public IReadOnlyList<string> Dump() =>
    [
        .. ((string[])["events", "ownership", "outages", "node_intervals"]).SelectMany(t => Query($"select '{t}', * from {t}")),
        .. Query("select from_idx, to_idx from gaps"),
        .. Query("select key, value from meta"),
    ];

    public IReadOnlyList<string> Query(string text)
    {
        using var connection = Connect(SqliteOpenMode.ReadOnly);
        using var command = connection.CreateCommand();
        command.CommandText = text;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read()) rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)));
        return rows;
    }

    public void Change(string text)
    {
        using var connection = Connect(SqliteOpenMode.ReadWrite);
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    public SqliteConnection Connect(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public void Dispose() => _directory.Dispose();
}

using Drcm.StateMachine;
using Drcm.StateMachine.Audit;
using Microsoft.Data.Sqlite;

namespace Drcm.Node.Audit;

/// <summary>Reads the intervals that have not ended from the tables.</summary>
internal static class OpenRowsReader
{
    /// <exception cref="AuditDamagedException">A name or word that cannot be.</exception>
    /// <exception cref="SqliteException">Damaged.</exception>
    public static OpenRows Read(SqliteConnection connection) => OpenRows.From(
        Rows(connection, "select slot, token, owner, started_ms is not null from ownership where until_idx is null")
            .Select(r => KeyValuePair.Create(Slot(r), new OpenOwnership(new(r.GetInt64(1)), new(r.GetString(2)), r.GetBoolean(3)))),
        Rows(connection, "select slot, from_idx, cause from outages where until_idx is null")
            .Select(r => KeyValuePair.Create(Slot(r), new OpenOutage(new(r.GetInt64(1)), Cause(r.GetString(2))))),
        Rows(connection, "select node, from_idx, status, standby from node_intervals where until_idx is null")
            .Select(r => KeyValuePair.Create(
                new NodeId(r.GetString(0)), new OpenNode(new(r.GetInt64(1)), AuditWords.Status(r.GetString(2)), AuditWords.Standby(r.GetString(3))))),
        Rows(connection, "select slot, max(token), owner from ownership group by slot").Select(r => KeyValuePair.Create(Slot(r), new NodeId(r.GetString(2)))));

    private static SlotId Slot(SqliteDataReader row) =>
        SlotId.TryParse(row.GetString(0), out var slot) ? slot : throw new AuditDamagedException($"'{row.GetString(0)}' is no slot");

    private static AuditCause Cause(string word) =>
        AuditCauses.TryParse(word, out var cause) ? cause : throw new AuditDamagedException($"'{word}' is no cause of this release");

    private static IEnumerable<SqliteDataReader> Rows(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        using var reader = command.ExecuteReader();
        while (reader.Read()) yield return reader;
    }
}

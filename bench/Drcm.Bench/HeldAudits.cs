using Drcm.Integration.Tests.Stories.Clusters;
using Drcm.Node.Audit;
using Microsoft.Data.Sqlite;

namespace Drcm.Bench;

/// <summary>A transaction that does not end on the audit.db of every host: as good as a disk that hangs for the history, and for nothing else.</summary>
internal sealed class HeldAudits : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly List<SqliteConnection> _held = [];

    public static async Task<HeldAudits> TakeAsync(ClusterOfHosts cluster)
    {
        await cluster.BeHealthyAsync(CancellationToken.None);
        var audits = new HeldAudits();
        foreach (var daemon in cluster.Daemons)
        {
            var path = Path.Combine(daemon.Host.SpoolDirectory, AuditDatabase.FileName);
            while (!IsMade(path)) await Task.Delay(Pace);
            var connection = new SqliteConnection($"Data Source={path};Pooling=False");
            await connection.OpenAsync();
            using var command = connection.CreateCommand();
            command.CommandText = "begin immediate";
            await command.ExecuteNonQueryAsync();
            audits._held.Add(connection);
        }
        return audits;
    }

    public void Dispose()
    {
        foreach (var connection in _held) connection.Dispose();
    }

    /// <summary>A daemon makes it a moment after its start.</summary>
    private static bool IsMade(string path) => File.Exists(path) && File.Exists($"{path}-wal");
}

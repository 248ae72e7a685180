using System.Runtime.CompilerServices;
using Drcm.Consensus;
using Drcm.Consensus.Inspection;

namespace Drcm.Node.AuditTool;

/// <summary>A stopped node's log as a daemon would read it: the snapshot, then the effective entries.</summary>
internal static class StoredEntries
{
    /// <param name="upTo">Entries up to here were handed on as committed, whatever the mark says.</param>
    /// <exception cref="AuditUsageException">There is no log, or it is damaged.</exception>
    public static IReadOnlyList<CommittedEntry> Read(string spoolDir, long upTo)
    {
        var log = new StoredLog(spoolDir);
        if (!log.Exists) throw new AuditUsageException($"there is no log in {spoolDir}");
        var report = log.Verify();
        if (!report.IsSound) throw new AuditUsageException($"the log in {report.Directory} is damaged; drcm log verify tells where");
        var entries = new List<CommittedEntry>();
        var begin = 0L;
        if (report.Snapshot is { } snapshot)
        {
            entries.Add(new CommittedEntry(snapshot.Index, snapshot.Term, log.ReadSnapshot(report), IsSnapshot: true));
            begin = snapshot.Index;
        }
        log.Read(report, begin + 1, Math.Max(report.CommitIndex, upTo), entry =>
        {
            if (entry.Kind == InspectedKind.Payload && entry.IsEffective == true) entries.Add(new CommittedEntry(entry.Index, entry.Term, entry.Payload.ToArray()));
        });
        return entries;
    }

    public static async IAsyncEnumerable<CommittedEntry> OneByOneAsync(IEnumerable<CommittedEntry> entries, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }
        await Task.CompletedTask;
    }
}

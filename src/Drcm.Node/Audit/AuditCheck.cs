using System.Collections.Immutable;
using Drcm.Consensus;
using Drcm.Node.Loop;
using Drcm.StateMachine;
using Drcm.StateMachine.Audit;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;
using Microsoft.Data.Sqlite;

namespace Drcm.Node.Audit;

/// <summary>Proves that audit.db says what the log says: projects the log anew, beside the file, and compares every row. What is older than the log's beginning cannot be
/// proven any more; what is open there is compared with the snapshot.</summary>
internal sealed class AuditCheck(string path)
{
    /// <summary>Differences that are told; more are counted.</summary>
    private const int FindingsMax = 20;

    private static readonly (string Table, string Live)[] Tables =
    [
        ("events", "id >= ($1 + 1) * 2048 and id < ($2 + 1) * 2048"),
        ("ownership", "token > $1 or until_idx is null or until_idx > $1"),
        ("outages", "from_idx > $1 or until_idx is null or until_idx > $1"),
        ("node_intervals", "from_idx > $1 or until_idx is null or until_idx > $1"),
    ];

    private readonly ImmutableArray<string>.Builder _findings = ImmutableArray.CreateBuilder<string>();
    private int _findingsLeftOut;

    /// <summary>Reads audit.db at one moment, and the log up to there.</summary>
    /// <param name="entries">The log from its beginning: the snapshot first, if there is one; only as many are taken as are needed.</param>
    /// <param name="live">The daemon's own projection; null: none runs.</param>
    /// <exception cref="SqliteException">The file cannot be read.</exception>
    /// <exception cref="AuditDamagedException">Its rows cannot be understood.</exception>
    public async Task<AuditAnswer> RunAsync(IAsyncEnumerable<CommittedEntry> entries, ClusterState? live, CancellationToken cancellationToken)
    {
        using var database = AuditDatabase.InMemory();
        database.Attach(path);
        database.Execute("begin");
        foreach (var problem in Texts(database, "pragma kept.integrity_check(10)").Where(t => t != "ok")) Find($"the file is damaged: {problem}");
        if (_findings.Count > 0) return Answer("");
        var applied = new LogIndex(Number(database, "select value from kept.meta where key = $1", AuditProjector.AppliedKey));
        using var rows = new AuditRows(database);
        var (begin, state, compared, isLive) = (LogIndex.None, ClusterState.Empty, 0, live is null);
        var target = live?.Version ?? applied;
        AuditTrail? trail = null;
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            var index = new LogIndex(entry.Index);
            if (entry.IsSnapshot && trail is not null) return Answer("the log was compacted while it was read; ask again");
            if (entry.IsSnapshot) (state, begin) = (LogCompaction.Restore(entry), index);
            else if (index > applied) state = Transition.Apply(state, index, EventCodec.Decode(entry.Payload)).State;
            else
            {
                trail ??= Begin(database, state, begin);
                trail.Apply(index, new Term(entry.Term), EventCodec.Decode(entry.Payload), rows);
                state = trail.State;
                compared++;
            }
            if (live is not null && state.Version == live.Version) isLive = StateDigest.Of(state) == StateDigest.Of(live);
            if (state.Version >= target && state.Version >= applied) break;
        }
        if (!isLive) Find($"the log does not come to the state that this daemon is in at entry {live!.Version}: stop it, and run drcm log verify");
        if (begin > applied) return Answer($"the history ends at entry {applied}, and the log begins after {begin}: nothing is left to compare; the gap is recorded when the daemon goes on");
        if (trail is null) Begin(database, state, begin);
        foreach (var (table, condition) in Tables) Compare(database, table, condition, begin, applied);
        return Answer(
            $"compared {compared} entries of the log, {begin.Value + 1} to {applied}, and what is open"
            + (live is null ? "; no daemon runs here, so there is no live state to compare" : isLive ? $"; the daemon is in the state that the log comes to, at entry {live.Version}" : "")
            + (begin > LogIndex.None ? $". What is older than entry {begin} is in a snapshot and cannot be proven any more" : ""));
    }

    /// <summary>The rows that were open where the log begins, and the trail that goes on from there.</summary>
    private AuditTrail Begin(AuditDatabase database, ClusterState state, LogIndex begin)
    {
        database.Execute($"""
            insert into ownership select slot, token, owner, kind, cause, why, from_ms, started_ms, null, null, null from kept.ownership
                where token <= {begin} and (until_idx is null or until_idx > {begin});
            insert into ownership select slot, max(token), owner, kind, cause, why, from_ms, started_ms, until_idx, until_ms, until_cause from kept.ownership
                where token <= {begin} and until_idx <= {begin} and slot not in (select slot from ownership) group by slot;
            insert into outages select slot, from_idx, from_ms, silence_ms, cause, why, null, null, null from kept.outages
                where from_idx <= {begin} and (until_idx is null or until_idx > {begin});
            insert into node_intervals select node, from_idx, from_ms, status, standby, why, null, null from kept.node_intervals
                where from_idx <= {begin} and (until_idx is null or until_idx > {begin});
            """);
        var known = OpenRowsReader.Read(database.Connection);
        foreach (var difference in known.Differences(state)) Find($"where the log begins, at entry {begin}: {difference}");
        return new AuditTrail(state, known);
    }

    private void Compare(AuditDatabase database, string table, string condition, LogIndex begin, LogIndex applied)
    {
        var live = condition.Replace("$1", $"{begin}").Replace("$2", $"{applied}");
        foreach (var row in Texts(database, Except("main", "kept"))) Find($"{table}: the log says {row}, and the audit does not have it so");
        foreach (var row in Texts(database, Except("kept", "main"))) Find($"{table}: the audit has {row}, and the log does not say so");

        string Except(string from, string other) =>
            $"select * from (select * from {from}.{table} where {live} except select * from {other}.{table} where {live}) limit {FindingsMax + 1}";
    }

    private void Find(string finding)
    {
        if (_findings.Count < FindingsMax) _findings.Add(finding);
        else _findingsLeftOut++;
    }

    private AuditAnswer Answer(string summary)
    {
        var isSound = _findings.Count == 0;
        if (_findingsLeftOut > 0) _findings.Add("and more");
        if (summary.Length > 0) _findings.Add(summary);
        return new AuditAnswer(isSound, _findings.ToImmutable());
    }

    private static long Number(AuditDatabase database, string text, string value) =>
        Texts(database, text, value).Select(t => long.Parse(t, System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault();

    private static IEnumerable<string> Texts(AuditDatabase database, string text, params object[] values)
    {
        using var command = database.Connection.CreateCommand();
        command.CommandText = text;
        for (var i = 0; i < values.Length; i++) command.Parameters.AddWithValue($"${i + 1}", values[i]);
        using var reader = command.ExecuteReader();
        while (reader.Read()) yield return string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "-" : $"{reader.GetValue(i)}"));
    }
}

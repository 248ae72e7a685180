using Drcm.StateMachine;
using Drcm.StateMachine.Audit;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;
using Microsoft.Data.Sqlite;

namespace Drcm.Node.Audit;

/// <summary>Writes rows into the tables of <see cref="AuditSchema"/>, within the caller's transaction.</summary>
internal sealed class AuditRows(AuditDatabase database) : IAuditRows, IDisposable
{
    private const SqliteType Int = SqliteType.Integer;
    private const SqliteType Text = SqliteType.Text;

    private readonly Statement _event = New(
        database,
        "insert into events (idx, ordinal, term, at_ms, actor, event, node, resource, slot, token, detail, reason, is_effective) "
        + "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        Int, Int, Int, Int, Text, Text, Text, Text, Text, Int, Text, Text, Int);

    private readonly Statement _began = New(
        database,
        "insert or replace into ownership (slot, token, owner, kind, cause, why, from_ms) values ($1, $2, $3, $4, $5, $6, $7)",
        Text, Int, Text, Text, Text, Text, Int);

    private readonly Statement _started = New(database, "update ownership set started_ms = $3 where slot = $1 and token = $2", Text, Int, Int);

    private readonly Statement _ended = New(
        database,
        "update ownership set until_idx = $3, until_ms = $4, until_cause = $5, until_why = $6 where slot = $1 and token = $2",
        Text, Int, Int, Int, Text, Text);

    private readonly Statement _outage = New(
        database,
        "insert or replace into outages (slot, from_idx, from_ms, silence_ms, cause, why) values ($1, $2, $3, $4, $5, $6)",
        Text, Int, Int, Int, Text, Text);

    private readonly Statement _outageEnded = New(
        database, "update outages set until_idx = $3, until_ms = $4, owner = $5 where slot = $1 and from_idx = $2", Text, Int, Int, Int, Text);

    private readonly Statement _node = New(
        database,
        "insert or replace into node_intervals (node, from_idx, from_ms, status, standby, why) values ($1, $2, $3, $4, $5, $6)",
        Text, Int, Int, Text, Text, Text);

    private readonly Statement _nodeEnded = New(
        database, "update node_intervals set until_idx = $3, until_ms = $4 where node = $1 and from_idx = $2", Text, Int, Int, Int);

    private readonly Statement _gap = New(
        database, "insert or replace into gaps (from_idx, to_idx, noticed_ms, why) values ($1, $2, $3, $4)", Int, Int, Int, Text);

    private readonly Statement _run = New(
        database,
        "insert into script_runs (at_ms, resource, action, token, exit_code, outcome, duration_ms, output) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        Int, Text, Text, Int, Int, Text, Int, Text);

    /// <summary>Rows written since the last <see cref="TakeCount"/>.</summary>
    public int Count { get; private set; }

    public int TakeCount()
    {
        var count = Count;
        Count = 0;
        return count;
    }

    public void Happened(EventLine line)
    {
        _event.With(1, line.Index).With(2, (long)line.Ordinal).With(3, line.Term).With(4, Milliseconds(line.At)).With(5, line.Actor).With(6, line.Event)
            .With(7, line.Node).With(8, line.Resource).With(9, line.Slot).With(10, line.Token).With(11, line.Detail).With(12, line.Reason)
            .With(13, line.IsEffective ? 1L : 0L).Run();
        Count++;
    }

    public void OwnershipBegan(SlotId slot, LogIndex token, NodeId owner, DateTimeOffset at, OwnershipKind kind, AuditCause cause, string why) =>
        Write(_began.With(1, slot.ToString()).With(2, token.Value).With(3, owner.Value).With(4, AuditWords.Of(kind)).With(5, cause.Word()).With(6, why)
            .With(7, Milliseconds(at)));

    public void OwnershipStarted(SlotId slot, LogIndex token, AuditMoment at) =>
        Write(_started.With(1, slot.ToString()).With(2, token.Value).With(3, Milliseconds(at.At)));

    public void OwnershipEnded(SlotId slot, LogIndex token, AuditMoment at, AuditCause cause, string why) =>
        Write(_ended.With(1, slot.ToString()).With(2, token.Value).With(3, at.Index.Value).With(4, Milliseconds(at.At)).With(5, cause.Word()).With(6, why));

    public void OutageBegan(SlotId slot, AuditMoment at, TimeSpan silence, AuditCause cause, string why) =>
        Write(_outage.With(1, slot.ToString()).With(2, at.Index.Value).With(3, Milliseconds(at.At)).With(4, (long)silence.TotalMilliseconds)
            .With(5, cause.Word()).With(6, why));

    public void OutageEnded(SlotId slot, LogIndex began, AuditMoment at, NodeId? owner) =>
        Write(_outageEnded.With(1, slot.ToString()).With(2, began.Value).With(3, at.Index.Value).With(4, Milliseconds(at.At)).With(5, owner?.Value));

    public void NodeChanged(NodeId node, AuditMoment at, NodeStatus status, StandbyKind standby, string why) =>
        Write(_node.With(1, node.Value).With(2, at.Index.Value).With(3, Milliseconds(at.At)).With(4, AuditWords.Of(status)).With(5, AuditWords.Of(standby))
            .With(6, why));

    public void NodeIntervalEnded(NodeId node, LogIndex began, AuditMoment at) =>
        Write(_nodeEnded.With(1, node.Value).With(2, began.Value).With(3, at.Index.Value).With(4, Milliseconds(at.At)));

    /// <summary>Entries of the log that this node has not got.</summary>
    public void Gap(LogIndex from, LogIndex to, DateTimeOffset noticed, string why) =>
        Write(_gap.With(1, from.Value).With(2, to.Value).With(3, Milliseconds(noticed)).With(4, why));

    public void Ran(ScriptRunRow row) =>
        Write(_run.With(1, Milliseconds(row.At)).With(2, row.Resource).With(3, row.Action).With(4, row.Token).With(5, row.ExitCode is { } code ? (long)code : null)
            .With(6, row.Outcome).With(7, (long)row.Duration.TotalMilliseconds).With(8, row.Output));

    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<Statement>)[_event, _began, _started, _ended, _outage, _outageEnded, _node, _nodeEnded, _gap, _run]) statement.Dispose();
    }

    private void Write(Statement statement)
    {
        statement.Run();
        Count++;
    }

    private static Statement New(AuditDatabase database, string text, params ReadOnlySpan<SqliteType> types) => new(database.Connection, text, types);

    /// <summary>Since 1970, UTC.</summary>
    private static long Milliseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds();
}

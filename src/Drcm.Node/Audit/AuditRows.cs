using Drcm.StateMachine;
using Drcm.StateMachine.Audit;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;

namespace Drcm.Node.Audit;

/// <summary>Writes rows into the tables of <see cref="AuditSchema"/>, within the caller's transaction.</summary>
internal sealed class AuditRows(AuditDatabase database) : IAuditRows, IDisposable
{
    private readonly Statement _event = New(
        database,
        "insert into events (id, term, at_ms, actor, event, node, resource, slot, token, detail, reason, is_effective) "
        + "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");

    private readonly Statement _began = New(
        database,
        "insert or replace into ownership (slot, token, owner, kind, cause, why, from_ms) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)");

    private readonly Statement _started = New(database, "update ownership set started_ms = ?3 where slot = ?1 and token = ?2");

    private readonly Statement _ended = New(
        database,
        "update ownership set until_idx = ?3, until_ms = ?4, until_cause = ?5 where slot = ?1 and token = ?2");

    private readonly Statement _outage = New(
        database,
        "insert or replace into outages (slot, from_idx, from_ms, silence_ms, cause, why) values (?1, ?2, ?3, ?4, ?5, ?6)");

    private readonly Statement _outageEnded = New(
        database, "update outages set until_idx = ?3, until_ms = ?4, owner = ?5 where slot = ?1 and from_idx = ?2");

    private readonly Statement _node = New(
        database,
        "insert or replace into node_intervals (node, from_idx, from_ms, status, standby, why) values (?1, ?2, ?3, ?4, ?5, ?6)");

    private readonly Statement _nodeEnded = New(
        database, "update node_intervals set until_idx = ?3, until_ms = ?4 where node = ?1 and from_idx = ?2");

    private readonly Statement _gap = New(
        database, "insert or replace into gaps (from_idx, to_idx, noticed_ms, why) values (?1, ?2, ?3, ?4)");

    private readonly Statement _run = New(
        database,
        "insert into script_runs (at_ms, resource, action, token, exit_code, outcome, duration_ms, output) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");

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
        _event.With(1, line.Index * AuditSchema.OrdinalsPerEntry + line.Ordinal).With(2, line.Term).With(3, Milliseconds(line.At)).With(4, line.Actor)
            .With(5, line.Event).With(6, line.Node).With(7, line.Resource).With(8, line.Slot).With(9, line.Token).With(10, line.Detail).With(11, line.Reason)
            .With(12, line.IsEffective ? 1L : 0L).Run();
        Count++;
    }

    public void OwnershipBegan(SlotId slot, LogIndex token, NodeId owner, DateTimeOffset at, OwnershipKind kind, AuditCause cause, string why) =>
        Write(_began.With(1, slot.ToString()).With(2, token.Value).With(3, owner.Value).With(4, AuditWords.Of(kind)).With(5, cause.Word()).With(6, why)
            .With(7, Milliseconds(at)));

    public void OwnershipStarted(SlotId slot, LogIndex token, AuditMoment at) =>
        Write(_started.With(1, slot.ToString()).With(2, token.Value).With(3, Milliseconds(at.At)));

    public void OwnershipEnded(SlotId slot, LogIndex token, AuditMoment at, AuditCause cause) =>
        Write(_ended.With(1, slot.ToString()).With(2, token.Value).With(3, at.Index.Value).With(4, Milliseconds(at.At)).With(5, cause.Word()));

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
        Write(_run.With(1, Milliseconds(row.At)).With(2, row.Resource).With(3, row.Action).With(4, row.Token).With(5, (long?)row.ExitCode)
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

    private static Statement New(AuditDatabase database, string text) => new(database.Connection, text);

    /// <summary>Since 1970, UTC.</summary>
    private static long Milliseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds();
}

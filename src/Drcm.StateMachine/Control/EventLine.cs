namespace Drcm.StateMachine.Control;

/// <summary>One committed event, as <c>drcm events</c> and the control socket show it.</summary>
/// <param name="Index">Index of its log entry.</param>
/// <param name="Ordinal">Place among the events of that entry, from 0.</param>
/// <param name="At">Wall clock of its proposer, for people only.</param>
/// <param name="Actor"><c>node:NAME</c> or <c>operator:NAME</c>.</param>
/// <param name="Event">Stored name, for example <c>slot.assigned</c>.</param>
/// <param name="Node">The node that it is about; null: none.</param>
/// <param name="Resource"><c>kind:nickname</c>; null: none.</param>
/// <param name="Slot"><c>kind:nickname@home</c>; null: none.</param>
/// <param name="Token">The assignment that it belongs to; null: none.</param>
/// <param name="Detail">A failure's text, a fencing agent's name; null: none.</param>
/// <param name="Reason">Cause, rule, result, in one sentence.</param>
/// <param name="IsEffective">False: stale or senseless, it changed nothing.</param>
public sealed record EventLine(
    long Index,
    int Ordinal,
    long Term,
    DateTimeOffset At,
    string Actor,
    string Event,
    string? Node,
    string? Resource,
    string? Slot,
    long? Token,
    string? Detail,
    string Reason,
    bool IsEffective);

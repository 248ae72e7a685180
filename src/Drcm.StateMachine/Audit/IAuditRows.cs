using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Audit;

/// <summary>Where <see cref="AuditTrail"/> writes: the tables of docs/audit.md. Intervals are opened once, and closed once by the key under which they were
/// opened.</summary>
public interface IAuditRows
{
    void Happened(EventLine line);

    /// <summary>A slot has an owner; its key is (slot, token).</summary>
    void OwnershipBegan(SlotId slot, LogIndex token, NodeId owner, DateTimeOffset at, OwnershipKind kind, AuditCause cause, string why);

    void OwnershipStarted(SlotId slot, LogIndex token, AuditMoment at);

    void OwnershipEnded(SlotId slot, LogIndex token, AuditMoment at, AuditCause cause);

    /// <summary>A slot has no started owner; its key is (slot, index of <paramref name="at"/>).</summary>
    /// <param name="silence">How long its owner may have been gone before: D for a death, else zero.</param>
    void OutageBegan(SlotId slot, AuditMoment at, TimeSpan silence, AuditCause cause, string why);

    /// <param name="began">Index under which it was opened.</param>
    /// <param name="owner">Who started it; null: it left the configuration.</param>
    void OutageEnded(SlotId slot, LogIndex began, AuditMoment at, NodeId? owner);

    /// <summary>A node is in this condition; its key is (node, index of <paramref name="at"/>).</summary>
    void NodeChanged(NodeId node, AuditMoment at, NodeStatus status, StandbyKind standby, string why);

    /// <param name="began">Index under which it was opened.</param>
    void NodeIntervalEnded(NodeId node, LogIndex began, AuditMoment at);
}

/// <summary>Where in the log, and what its proposer's wall clock said.</summary>
public readonly record struct AuditMoment(LogIndex Index, DateTimeOffset At);

/// <summary>What an assignment was.</summary>
public enum OwnershipKind
{
    /// <summary>At home, for the first time or after an outage at home.</summary>
    Start,

    /// <summary>A node other than its home node got it.</summary>
    Takeover,

    /// <summary>Its home node got it back from another one.</summary>
    Failback,
}

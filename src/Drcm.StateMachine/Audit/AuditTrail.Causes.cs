using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Audit;

/// <content>Why a slot lost its owner, from the state in which it did.</content>
public sealed partial class AuditTrail
{
    private static AuditCause CauseOf(ClusterState before, SlotState? former, ClusterEvent happened) => happened switch
    {
        ClusterConfigured => former is null ? AuditCause.FirstStart : AuditCause.Configuration,
        NodeDown => AuditCause.Death,
        NodeFenced => AuditCause.Fenced,
        NodeStarted => AuditCause.Reboot,
        SlotRevoked when former is not null => CauseOfRevoking(before, former),
        SlotReleased => AuditCause.Death,
        ResourceUnknown => AuditCause.FailedStop,
        _ => AuditCause.Stopped,
    };

    /// <summary>An owner that has stopped what it was told to stop lost it by what began the outage.</summary>
    private AuditCause EndOf(SlotId slot, AuditCause cause, SlotState former) => cause != AuditCause.Stopped ? cause
        : former.IsRetired ? AuditCause.Configuration
        : _outages.TryGetValue(slot, out var outage) && outage.Cause != AuditCause.FirstStart ? outage.Cause
        : cause;

    /// <summary>The rules of <see cref="Release"/> and <see cref="MoveSlots"/>, in their order.</summary>
    internal static AuditCause CauseOfRevoking(ClusterState state, SlotState slot)
    {
        if (slot.IsRetired || state.Definition is null || !Topology.Of(state.Definition).Slots.TryGetValue(slot.Id, out var topology))
            return AuditCause.Configuration;
        var board = new Board(state, LeaderView.Blind);
        var owner = slot.Owner is { } node ? board.CandidateOf(topology, node) : -1;
        if (slot.HeldIdentity != topology.Identity || owner < 0) return AuditCause.Configuration;
        var fitness = board.Of(owner, topology, slot);
        if (fitness is Fitness.Inactive or Fitness.Witness or Fitness.NotConfigured) return AuditCause.Configuration;
        if (fitness == Fitness.Leaving) return AuditCause.Shutdown;
        if (slot.MoveTarget is { } target && target != slot.Owner) return AuditCause.Operator;
        return fitness switch
        {
            Fitness.Failing => AuditCause.Failures,
            Fitness.Standby => AuditCause.Standby,
            Fitness.Troubled => AuditCause.Trouble,
            _ => slot.Owner == slot.Id.Home ? AuditCause.Stopped : AuditCause.Failback,
        };
    }
}

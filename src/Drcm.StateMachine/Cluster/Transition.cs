using System.Collections.Immutable;
using System.Diagnostics;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Cluster;

/// <summary>One event of an applied batch.</summary>
/// <param name="IsEffective">It changed the state, or is there to be remembered; false: stale or senseless.</param>
/// <param name="WhyNot">Why it had no effect; empty if it had.</param>
public sealed record AppliedEvent(ReasonedEvent Event, bool IsEffective, string WhyNot);

/// <param name="State">The next state; its version is the batch's index.</param>
public sealed record Applied(ClusterState State, ImmutableArray<AppliedEvent> Events);

/// <summary>The projection: what the log makes of the state. Pure, and total: a stale, duplicate or senseless event changes nothing and
/// says why; it never throws. The same on every node, whatever it knew when the event was proposed.</summary>
public static class Transition
{
    /// <summary>Applies one committed, effective entry of the log.</summary>
    /// <param name="index">Greater than <see cref="ClusterState.Version"/>; an entry that is not newer changes nothing.</param>
    public static Applied Apply(ClusterState state, LogIndex index, EventBatch batch)
    {
        if (index <= state.Version)
        {
            var stale = $"the entry is not newer than version {state.Version}";
            return new Applied(state, [.. batch.Events.Select(e => new AppliedEvent(e, false, stale))]);
        }
        var applied = ImmutableArray.CreateBuilder<AppliedEvent>(batch.Events.Length);
        foreach (var entry in batch.Events)
        {
            var outcome = ApplyOne(state, new EventContext(index, batch.At, entry.Reason), entry.Event);
            state = outcome.State;
            applied.Add(new AppliedEvent(entry, outcome.IsEffective, outcome.WhyNot));
        }
        return new Applied(state with { Version = index }, applied.MoveToImmutable());
    }

    internal static Outcome ApplyOne(ClusterState state, EventContext context, ClusterEvent @event)
    {
        var outcome = Dispatch(state, context, @event);
        return outcome.IsEffective ? outcome with { State = Configuring.Prune(outcome.State) } : outcome;
    }

    private static Outcome Dispatch(ClusterState state, EventContext context, ClusterEvent @event) => @event switch
    {
        ClusterConfigured e => Configuring.Apply(state, context, e),
        NodeStarted e => NodeLife.Started(state, context, e),
        NodeUp e => NodeLife.Up(state, context, e),
        SuspicionClosed e => NodeLife.Closed(state, context, e),
        NodeDown e => NodeLife.Down(state, context, e),
        NodeFenced e => NodeLife.Fenced(state, context, e),
        NodeStandby e => Standing.By(state, context, e),
        NodeActivated e => Standing.Activated(state, context, e),
        SlotAssigned e => Assignment.Assigned(state, context, e),
        SlotRevoked e => Assignment.Revoked(state, context, e),
        SlotReleased e => Assignment.Released(state, context, e),
        ResourceStarted e => ResourceReports.Started(state, context, e),
        ResourceStopped e => ResourceReports.Stopped(state, context, e),
        ResourceFailed e => ResourceReports.Failed(state, e),
        ResourceUnknown e => ResourceReports.Unknown(state, context, e),
        FailuresCleared e => Failures.Cleared(state, e),
        MoveRequested e => Moves.Requested(state, e),
        MoveExpired e => Moves.Expired(state, e),
        MaintenanceEntered => Maintenance.Entered(state),
        MaintenanceLeft => Maintenance.Left(state),
        AlertSent => Outcome.Effective(state),
        NodeJoined e => VoterChanges.Joined(state, e),
        VoterAdded e => VoterChanges.Added(state, context, e),
        VoterRemoved e => VoterChanges.Removed(state, context, e),
        TimingSettled e => TimingChanges.Settled(state, context, e),
        KeyRotationAdvanced e => KeyRotations.Advanced(state, context, e),
        CronMissed e => CrontabRecords.Missed(state, e),
        CronInterrupted e => CrontabRecords.Interrupted(state, e),
        CronCaughtUp e => CrontabRecords.CaughtUp(state, e),
        NodeLeft => Outcome.None(state, "a node leaves with the configuration (O14)"),
        QuorumSoloArmed e => Pairs.Armed(state, e),
        QuorumSoloDisarmed => Pairs.Disarmed(state, context),
        QuorumSoloEntered e => Pairs.Entered(state, e),
        QuorumSoloLeft e => Pairs.Left(state, e),
        _ => throw new UnreachableException($"{@event.GetType().Name} has no rule"),
    };
}

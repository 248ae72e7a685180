using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Cluster;

/// <summary>Lease and silence change in two steps, since nodes read the log at different times: L + S &lt;= D has to hold between any two of them. From the
/// new configuration on the shorter lease and the longer silence count; when every node that is up has read that, the new ones alone.</summary>
internal static class TimingChanges
{
    /// <summary>Null: another change has not settled yet.</summary>
    public static ClusterState? Begin(ClusterState state, LogIndex index, TimingDefinition next)
    {
        if (state.Definition?.Timing is not { } timing) return state with { TimingAt = index };
        if (timing.Lease == next.Lease && timing.DeadAfter == next.DeadAfter) return state;
        return state.FormerTiming is null
            ? state with { FormerTiming = new FormerTiming(timing.Lease, timing.DeadAfter), TimingAt = index }
            : null;
    }

    public static Outcome Settled(ClusterState state, EventContext context, TimingSettled e)
    {
        if (state.FormerTiming is null) return Outcome.None(state, "no change of times is under way");
        if (e.After != state.TimingAt) return Outcome.None(state, $"it follows the times of index {e.After}; those of index {state.TimingAt} are in force");
        if (context.Index <= state.TimingAt) return Outcome.None(state, "nobody can have read of them yet");
        foreach (var node in state.Nodes.Values)
        {
            if (node.Status == NodeStatus.Up && (e.ReportedBy.IsDefault || !e.ReportedBy.Contains(node.Id)))
                return Outcome.None(state, $"{node.Id} has not reported the times of index {state.TimingAt}");
        }
        return Outcome.Effective(state with { FormerTiming = null, TimingAt = context.Index });
    }

    /// <summary>The times that count.</summary>
    public static TimingDefinition InForce(ClusterState state, TimingDefinition timing) => state.FormerTiming is { } former
        ? timing with
        {
            Lease = former.Lease < timing.Lease ? former.Lease : timing.Lease,
            DeadAfter = former.DeadAfter > timing.DeadAfter ? former.DeadAfter : timing.DeadAfter,
        }
        : timing;
}

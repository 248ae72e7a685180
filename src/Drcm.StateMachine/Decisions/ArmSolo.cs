using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>Either of two nodes may go solo only while both know that nobody else votes: it is said in the log when both have read of it, and taken back
/// before somebody else does (T1 to T6 beside O11).</summary>
internal static class ArmSolo
{
    public static void Run(Plan plan, LeaderView view)
    {
        if (plan.State.Pair is { IsSolo: true, IsTold: false } begun)
        {
            plan.Emit(
                new QuorumSoloEntered(begun.Generation.Owner),
                $"{begun.Generation.Owner} goes on alone in generation {begun.Generation}: it reached {string.Join(", ", plan.State.Definition!.ArbitrationAddresses)}, "
                + $"and nothing of the other node, for {Words.Seconds(plan.State.Definition.Timing.DeadAfter)} and once more after that was on disk");
        }
        if (IsWanted(plan.State, view)) Arm(plan, view);
        else if (Pairs.IsArmed(plan.State)) plan.Emit(new QuorumSoloDisarmed(), "the voters are about to change, or no arbitrator is left: neither node goes on alone any more");
        if (plan.State.Pair is { IsSolo: true } pair && Pairs.IsArmed(plan.State))
        {
            plan.Emit(
                new QuorumSoloLeft(pair.Generation.Owner),
                $"{Words.List([.. plan.State.Voters])} both vote in generation {pair.Generation} and know it: {pair.Generation.Owner} is no longer on its own");
        }
    }

    private static void Arm(Plan plan, LeaderView view)
    {
        if (Pairs.IsArmed(plan.State) || plan.State.Voters.Count != 2) return;
        var reported = Membership.ReportedBy(plan.State, view, plan.State.VotersAt);
        var missing = plan.State.Voters.Where(v => !reported.Contains(v)).ToImmutableArray();
        if (missing.IsEmpty)
            plan.Emit(new QuorumSoloArmed(plan.State.VotersAt, reported), $"{Words.List(reported)} have read that nobody else votes: either goes on alone when it is sure that the other one is gone");
        else
            plan.Refuse($"neither node goes on alone yet: {Words.List(missing)} {(missing.Length == 1 ? "has" : "have")} not reported the voters of index {plan.State.VotersAt}");
    }

    private static bool IsWanted(ClusterState state, LeaderView view) =>
        view.KnowsSolo
        && Pairs.IsWanted(state)
        && Topology.Of(state.Definition!).WantedVoters.Union(state.Voters).Count == 2
        && !state.Voters.Any(v => state.Nodes.GetValueOrDefault(v)?.IsReplaced == true);
}

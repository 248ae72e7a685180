using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>A new lease and silence count alone when every node that is up has read of them.</summary>
internal static class SettleTiming
{
    public static void Run(Plan plan, LeaderView view)
    {
        if (plan.State.FormerTiming is null) return;
        var reported = Membership.ReportedBy(plan.State, view, plan.State.TimingAt);
        var missing = plan.State.Nodes.Values.Where(n => n.Status == NodeStatus.Up && !reported.Contains(n.Id)).Select(n => n.Id).ToImmutableArray();
        var timing = plan.State.Definition!.Timing;
        var what = $"a lease of {Words.Seconds(timing.Lease)} and a silence of {Words.Seconds(timing.DeadAfter)}";
        if (missing.IsEmpty)
            plan.Emit(new TimingSettled(plan.State.TimingAt, reported), $"every node that is up has read of {what}: the former ones no longer count");
        else
            plan.Refuse($"{what} are to count; not yet: {Words.List(missing)} {(missing.Length == 1 ? "has" : "have")} not reported index {plan.State.TimingAt}");
    }
}

using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>Death needs a majority of the voters' expiries in the node's current round (O3). A node never seen since the first start
/// is given its time.</summary>
internal static class DeclareDown
{
    public static void Run(Plan plan, LeaderView view)
    {
        var topology = Topology.Of(plan.State.Definition!);
        foreach (var node in plan.State.Nodes.Values)
        {
            if (node.Status == NodeStatus.Down) continue;
            if (node.Status == NodeStatus.Pending
                && (view.LeadingFor < topology.Definition.Timing.InitDead || CurrentReports.IsFresh(view, node))) continue;
            var suspicion = Suspicion.Of(plan.State, view, node);
            if (suspicion.By.Length < plan.State.Majority) continue;
            plan.Emit(
                new NodeDown(node.Id, node.Round, suspicion.By),
                $"node {node.Id} is down: {suspicion.By.Length} of {plan.State.Voters.Count} voters ({Words.List(suspicion.By)}) "
                + $"acknowledged nothing for {Words.Seconds(topology.Definition.Timing.DeadAfter)} in round {node.Round}; "
                + (plan.State.InMaintenance ? "its slots wait for the end of maintenance" : "its slots move to backups"));
        }
    }
}

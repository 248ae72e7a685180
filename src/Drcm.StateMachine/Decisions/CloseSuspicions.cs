using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>A suspicion that did not end in death is closed when everybody who had it hears the node again (O5).</summary>
internal static class CloseSuspicions
{
    public static void Run(Plan plan, LeaderView view)
    {
        foreach (var node in plan.State.Nodes.Values)
        {
            if (node.Status != NodeStatus.Up || !CurrentReports.IsFresh(view, node)) continue;
            var suspicion = Suspicion.Of(plan.State, view, node);
            if (suspicion.By.IsEmpty || !suspicion.AllHearAgain) continue;
            plan.Emit(
                new SuspicionClosed(node.Id),
                $"the suspicion of {node.Id} by {Words.List(suspicion.By)} in round {node.Round} is over, everybody alive hears it again: "
                + "a new round begins");
        }
    }
}

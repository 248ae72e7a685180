using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>A daemon that is shutting down hands its slots over first.</summary>
internal static class ShutdownStandby
{
    public static void Run(Plan plan, LeaderView view)
    {
        foreach (var node in plan.State.Nodes.Values)
        {
            if (node.Standby is not (StandbyKind.None or StandbyKind.Trouble)) continue;
            if (CurrentReports.Of(view, node) is not { IsFresh: true, Report.IsLeaving: true }) continue;
            plan.Emit(
                new NodeStandby(node.Id, StandbyKind.Shutdown),
                $"{node.Id} is shutting down; its slots are handed over until its daemon starts again");
        }
    }
}

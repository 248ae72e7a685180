using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>A node that reports trouble of its own (a full or read-only disk) hands its slots over in order, as long as it can be reached for that; and takes
/// slots again when it reports none any more.</summary>
internal static class TroubleStandby
{
    public static void Run(Plan plan, LeaderView view)
    {
        foreach (var node in plan.State.Nodes.Values)
        {
            if (CurrentReports.Of(view, node) is not { IsFresh: true } heard) continue;
            var trouble = heard.Report.Trouble;
            if (trouble.Length > 0 && node.Standby == StandbyKind.None)
            {
                plan.Emit(
                    new NodeStandby(node.Id, StandbyKind.Trouble),
                    $"{node.Id} has trouble of its own ({Plan.Clip(trouble, Limits.DetailCharsMax)}): its slots are handed over until that is over");
            }
            else if (trouble.Length == 0 && node.Standby == StandbyKind.Trouble)
            {
                plan.Emit(new NodeActivated(node.Id), $"{node.Id} has had no trouble for a while: it takes slots again");
            }
        }
    }
}

using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.StateMachine.Decisions;

/// <summary>A process that reports for the first time is introduced to the log (O9).</summary>
internal static class Introduce
{
    public static void Run(Plan plan, LeaderView view)
    {
        foreach (var (id, heard) in view.Reports)
        {
            if (!heard.IsFresh || heard.Report.Node != id) continue;
            if (!plan.State.Nodes.TryGetValue(id, out var node) || heard.Report.Incarnation <= node.Incarnation) continue;
            var what = node.BootId.Length == 0 ? "for the first time"
                : node.BootId == heard.Report.BootId ? "again; what it ran stays its own"
                : "after a reboot; what it ran is free";
            plan.Emit(
                new NodeStarted(id, heard.Report.Incarnation, heard.Report.BootId, heard.Report.Identity),
                $"{id} reports incarnation {heard.Report.Incarnation}: its daemon started {what}{OtherSpool(node, heard.Report)}");
        }
    }

    private static string OtherSpool(NodeState node, NodeReport report) =>
        node.Identity.Length > 0 && report.Identity.Length > 0 && node.Identity != report.Identity
            ? "; its spool is another one than before, what it promised and voted is lost"
            : "";
}

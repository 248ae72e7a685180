using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>A node comes up when it knows of its own death, has introduced itself, and holds nothing exclusive (O5).</summary>
internal static class Readmit
{
    public static void Run(Plan plan, LeaderView view)
    {
        var topology = Topology.Of(plan.State.Definition!);
        foreach (var node in plan.State.Nodes.Values)
        {
            if (node.Status == NodeStatus.Up) continue;
            if (!topology.Nodes.TryGetValue(node.Id, out var defined) || !defined.IsActive) continue;
            if (CurrentReports.Of(view, node) is not { IsFresh: true } heard) continue;
            var report = heard.Report;
            if (report.IsLeaving || report.Applied < node.DownAt || report.Applied < node.StartedAt) continue;
            if (report.HoldsExclusive)
            {
                plan.Refuse($"{node.Id} is not let in: it still holds something exclusive; it releases that first");
                continue;
            }
            plan.Emit(
                new NodeUp(node.Id, node.Incarnation),
                node.Status == NodeStatus.Pending
                    ? $"{node.Id} is heard and has read the log up to its start at {node.StartedAt}: it may own slots"
                    : $"{node.Id} is heard again, knows of its death at {node.DownAt} and holds nothing exclusive: it may own slots");
        }
    }
}

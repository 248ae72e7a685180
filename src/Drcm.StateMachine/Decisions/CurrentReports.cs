using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.StateMachine.Decisions;

/// <summary>Reports count only from a node's current incarnation (O9, O10).</summary>
internal static class CurrentReports
{
    public static HeardReport? Of(LeaderView view, NodeState node) =>
        view.Reports.TryGetValue(node.Id, out var heard)
        && heard.Report.Node == node.Id
        && heard.Report.Incarnation == node.Incarnation
        && node.Incarnation != default
            ? heard
            : null;

    public static bool IsFresh(LeaderView view, NodeState node) => Of(view, node) is { IsFresh: true };
}

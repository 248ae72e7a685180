using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.StateMachine.Decisions;

/// <summary>What the owners report of their slots becomes events, each thing once (O10).</summary>
internal static class CountResourceReports
{
    public static void Run(Plan plan, LeaderView view)
    {
        foreach (var (id, heard) in view.Reports)
        {
            if (!plan.State.Nodes.TryGetValue(id, out var node) || CurrentReports.Of(view, node) is null) continue;
            foreach (var report in heard.Report.Slots)
            {
                if (plan.IsFull) return;
                Count(plan, node, report);
            }
        }
    }

    private static void Count(Plan plan, NodeState node, SlotReport report)
    {
        if (!plan.State.Slots.TryGetValue(report.Slot, out var slot)) return;
        if (slot.Owner != node.Id || slot.Token != report.Token) return;
        if (report.Failures > slot.FailuresCounted) Failed(plan, node, slot, report);
        switch (report.Phase)
        {
            case RunPhase.Started when slot.Phase == SlotPhase.Assigned:
                plan.Emit(new ResourceStarted(slot.Id, slot.Token, node.Incarnation), $"{node.Id} started {slot.Id}");
                break;
            case RunPhase.Stopped:
                plan.Emit(
                    new ResourceStopped(slot.Id, slot.Token, node.Incarnation),
                    $"{node.Id} stopped {slot.Id}: nothing of it runs under token {slot.Token} any more");
                break;
            case RunPhase.Unknown when slot.Phase != SlotPhase.Unknown:
                plan.Emit(
                    new ResourceUnknown(slot.Id, slot.Token, node.Incarnation, Plan.Clip(report.Detail, Limits.DetailCharsMax)),
                    $"{node.Id} could not stop {slot.Id}{Because(report)}; it may still run there");
                break;
            case RunPhase.Starting or RunPhase.Started or RunPhase.Stopping or RunPhase.Unknown:
                break;
        }
    }

    private static void Failed(Plan plan, NodeState node, SlotState slot, SlotReport report)
    {
        var threshold = Threshold(plan.State, slot);
        var total = slot.Failures.GetValueOrDefault(node.Id) + (long)report.Failures - slot.FailuresCounted;
        plan.Emit(
            new ResourceFailed(
                slot.Id, slot.Token, node.Incarnation, report.Failures, Plan.Clip(report.Detail, Limits.DetailCharsMax))
            {
                IsConflict = report.IsConflict,
            },
            report.IsConflict
                ? $"{slot.Id} is not taken on {node.Id}{Because(report)}: tried again there, because a stranger has it for every node"
                : $"{slot.Id} failed on {node.Id}{Because(report)}: {total} of {threshold} failures until it moves");
    }

    private static int Threshold(ClusterState state, SlotState slot) =>
        Topology.Of(state.Definition!).Slots.TryGetValue(slot.Id, out var known) ? known.Resource.MigrationThreshold : 0;

    private static string Because(SlotReport report) =>
        report.Detail.Length == 0 ? "" : $" ({Plan.Clip(report.Detail, Limits.DetailCharsMax)})";
}

using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.StateMachine.Decisions;

/// <summary>What nodes noticed about runs of crontabs becomes events, once for each token.</summary>
internal static class CountCrontabReports
{
    public static void Run(Plan plan, LeaderView view)
    {
        foreach (var (id, heard) in view.Reports)
        {
            if (!plan.State.Nodes.TryGetValue(id, out var node) || CurrentReports.Of(view, node) is null) continue;
            foreach (var report in heard.Report.Crontabs)
            {
                if (plan.IsFull) return;
                if (!plan.State.Slots.TryGetValue(report.Slot, out var slot)) continue;
                switch (report.News)
                {
                    case CrontabNews.Missed: Missed(plan, node, slot, report); break;
                    case CrontabNews.Interrupted: Interrupted(plan, node, slot, report); break;
                    case CrontabNews.CaughtUp: CaughtUp(plan, node, slot, report); break;
                }
            }
        }
    }

    private static void Missed(Plan plan, NodeState node, SlotState slot, CrontabReport report)
    {
        if (slot.Owner != node.Id || slot.Token != report.Token) return;
        if (CrontabRecords.Of(plan.State, slot.Id).MissedAt == report.Token) return;
        var from = DateTimeOffset.FromUnixTimeSeconds(report.FromSeconds);
        var until = DateTimeOffset.FromUnixTimeSeconds(report.UntilSeconds);
        var detail = Plan.Clip(report.Detail, Limits.DetailCharsMax);
        plan.Emit(
            new CronMissed(slot.Id, slot.Token, node.Incarnation, from, until, report.Count, detail),
            $"{Runs(report.Count)} of {slot.Id} {(report.Count == 1 ? "was" : "were")} due while nobody owned it");
    }

    private static void Interrupted(Plan plan, NodeState node, SlotState slot, CrontabReport report)
    {
        if (report.Token > slot.Token || report.Token <= CrontabRecords.Of(plan.State, slot.Id).InterruptedAt) return;
        plan.Emit(
            new CronInterrupted(slot.Id, report.Token, node.Id, report.Count, Plan.Clip(report.Detail, Limits.DetailCharsMax)),
            $"{Runs(report.Count)} of {slot.Id} {(report.Count == 1 ? "was" : "were")} in progress when {node.Id} lost it; it goes on there");
    }

    private static void CaughtUp(Plan plan, NodeState node, SlotState slot, CrontabReport report)
    {
        if (report.Token > slot.Token || report.Token <= CrontabRecords.Of(plan.State, slot.Id).CaughtUpAt) return;
        var detail = Plan.Clip(report.Detail, Limits.DetailCharsMax);
        plan.Emit(
            new CronCaughtUp(slot.Id, report.Token, node.Id, report.Count, detail),
            report.Count == 0
                ? $"missed runs of {slot.Id} are not made up for on {node.Id}: {detail}"
                : $"{node.Id} has made up for missed runs of {slot.Id}, {(report.Count == 1 ? "1 line" : $"{report.Count} lines")} once: {detail}");
    }

    private static string Runs(int count) => count == 1 ? "1 run" : $"{count} runs";
}

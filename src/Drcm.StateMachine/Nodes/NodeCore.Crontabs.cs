using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.StateMachine.Nodes;

/// <content>Runs of crontabs that this node noticed to be missed or in progress, until the log tells of them.</content>
public sealed partial class NodeCore
{
    private readonly List<CrontabReport> _crontabReports = [];

    /// <summary>Goes into the keep-alives from here on.</summary>
    public void CrontabNoticed(TimeSpan now, CrontabReport report)
    {
        _crontabReports.RemoveAll(r => r.Slot == report.Slot && r.News == report.News);
        if (_crontabReports.Count >= CrontabReport.CountMax) _crontabReports.RemoveAt(0);
        _crontabReports.Add(report with { Detail = Plan.Clip(report.Detail, Limits.DetailCharsMax) });
        Settle(now);
    }

    private void ForgetToldCrontabs() => _crontabReports.RemoveAll(IsTold);

    private bool IsTold(CrontabReport report)
    {
        if (State.Definition is null) return false;
        if (!State.Slots.TryGetValue(report.Slot, out var slot)) return true;
        var record = CrontabRecords.Of(State, report.Slot);
        return report.News switch
        {
            CrontabNews.Missed => record.MissedAt >= report.Token || slot.Token > report.Token,
            CrontabNews.Interrupted => record.InterruptedAt >= report.Token,
            CrontabNews.CaughtUp => record.CaughtUpAt >= report.Token,
        };
    }
}

using System.Diagnostics;
using Drcm.Node.Crontabs;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Reconciliation;
using Xunit;

namespace Drcm.Integration.Tests.Crontabs;

public sealed class CrontabObserverTests : IDisposable
{
    private static readonly DateTimeOffset Installed = new(2026, 11, 24, 7, 0, 2, TimeSpan.Zero);

    private readonly CronHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void After_StartBehindAFullHour_TellsWhatWasDueMeanwhile()
    {
        var crontab = _host.Crontab("# jobs\n0 * * * * root a\n30 * * * * root b\n");
        Assert.Equal(CrontabStep.Done, _host.Place(clock: new At(Installed)).Start(crontab, CronHost.Token));

        var report = Observer().After(Request(ActionKind.Start, crontab), Done, Released(Installed.AddSeconds(-3)));

        Assert.Equal((CrontabNews.Missed, 1, "line 2 of apps"), (report!.News, report.Count, report.Detail));
        Assert.Equal(Installed.AddSeconds(-2).ToUnixTimeSeconds(), report.UntilSeconds);
        Assert.Null(Observer().After(Request(ActionKind.Start, crontab), Done, null));
        Assert.Null(Observer().After(Request(ActionKind.Start, crontab), Done, Released(Installed.AddSeconds(-1))));
        Assert.Null(Observer(isGuarded: false).After(Request(ActionKind.Start, crontab), Done, Released(Installed.AddSeconds(-3))));
    }

    [Fact]
    public void After_InstalledAgainLaterUnderTheSameToken_TellsTheSame()
    {
        var crontab = _host.Crontab("0 * * * * root a\n");
        foreach (var later in new[] { 0, 7200 })
            Assert.Equal(CrontabStep.Done, _host.Place(clock: new At(Installed.AddSeconds(later))).Start(crontab, CronHost.Token));

        Assert.Equal(1, Observer().After(Request(ActionKind.Start, crontab), Done, Released(Installed.AddSeconds(-3)))!.Count);
    }

    [Fact]
    public async Task After_StopWhileAJobRuns_NamesIt()
    {
        var crontab = _host.Crontab("* * * * * root a\n") with { Id = new ResourceId(ResourceKind.Cron, $"apps-{Environment.ProcessId}") };
        var start = new ProcessStartInfo("/bin/sh", ["-c", "echo begun; read -r end"])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        start.Environment["DRCM_ACTION"] = "cron";
        start.Environment["DRCM_RESOURCE"] = crontab.Id.ToString();
        using var job = Process.Start(start)!;
        Assert.Equal("begun", await job.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

        var report = Observer().After(Request(ActionKind.Stop, crontab), Done, null);

        Assert.Equal((CrontabNews.Interrupted, 1), (report!.News, report.Count));
        Assert.Contains($"(process {job.Id})", report.Detail, StringComparison.Ordinal);
        job.StandardInput.Close();
        await job.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Null(Observer().After(Request(ActionKind.Stop, crontab), Done, null));
    }

    private static ActionResult Done => new(1, ActionOutcome.Succeeded, "");

    private static CrontabRecord Released(DateTimeOffset at) => new(at, LogIndex.None, LogIndex.None);

    private static ActionRequest Request(ActionKind kind, CrontabDefinition crontab) =>
        new(1, kind, crontab, new SlotId(crontab.Id, new NodeId("n1")), CronHost.Token, "");

    private CrontabObserver Observer(bool isGuarded = true) => new(_host.RunDir, isGuarded, new At(Installed));

    private sealed class At(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => now;
    }
}

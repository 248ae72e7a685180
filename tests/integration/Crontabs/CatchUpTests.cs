using Drcm.Integration.Tests.Scripts;
using Drcm.Node.Actions;
using Drcm.Node.Addresses;
using Drcm.Node.Announcements;
using Drcm.Node.Crontabs;
using Drcm.Node.Probes;
using Drcm.Node.Scripts;
using Drcm.Node.Startup;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Reconciliation;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Drcm.Integration.Tests.Crontabs;

/// <summary>Missed lines on the next owner: what its daemon does between the installation, the event in the log and the end of the ownership.</summary>
public sealed class CatchUpTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private static readonly DateTimeOffset Installed = new(2026, 11, 24, 7, 0, 2, TimeSpan.Zero);

    private readonly CronHost _host = new();
    private readonly ResourceLogs _logs;

    public CatchUpTests() => _logs = new ResourceLogs(ResourceLogsTests.Settings(Path.GetDirectoryName(_host.RunDir)!), TimeProvider.System);

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    private string Ran => _host["ran"];

    public void Dispose()
    {
        _logs.Dispose();
        _host.Dispose();
    }

    /// <summary>The former owner let go ten minutes before a full hour; this one installed it in that minute.</summary>
    [Fact]
    public async Task Missed_EachLineRunsOnceAsCronWouldHaveRunIt()
    {
        var crontab = Miss($"A = one\n* * * * * root echo \"minutely $A $DRCM_ACTION $DRCM_TOKEN\" >> {Ran}\nA=two\nPATH=/bin\n0 * * * * root (echo \"hourly $A $PATH $LOGNAME $PWD\"; cat) >> {Ran}; echo said; exit 3 %from \\% stdin%too\n30 * * * * root echo never >> {Ran}\n");
        _host.Own(Long);

        var result = await Runner().RunAsync(crontab, CronHost.Token, Test);

        Assert.Equal(2, result!.Lines);
        Assert.StartsWith("line 2: exit 0", result.Detail, StringComparison.Ordinal);
        Assert.Contains("line 5: exit 3", result.Detail, StringComparison.Ordinal);
        var ran = await File.ReadAllLinesAsync(Ran, Test);
        Assert.Equal(["from % stdin", "hourly two /bin root /root", "minutely one cron 7", "too"], ran.Order(StringComparer.Ordinal));
        Assert.Contains("said", await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(_host.RunDir)!, "crontab_resource.log"), Test), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missed_LineOfAnotherUser_RunsAsThatUser()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can run it as somebody else");
        File.SetUnixFileMode(Path.GetDirectoryName(_host.RunDir)!, (UnixFileMode)0x1ed);
        var crontab = Miss("* * * * * nobody id -un; id -gn\n");
        _host.Own(Long);

        Assert.Contains("line 1: exit 0", (await Runner().RunAsync(crontab, CronHost.Token, Test))!.Detail, StringComparison.Ordinal);

        var log = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(_host.RunDir)!, "crontab_resource.log"), Test);
        Assert.Contains("    nobody\n    nogroup\n", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ToldAgain_ByADaemonThatWasStartedAgain_DoesNotRunAgain()
    {
        var crontab = Miss($"* * * * * root echo x >> {Ran}\n");
        _host.Own(Long);

        Assert.NotNull(await Runner().RunAsync(crontab, CronHost.Token, Test));
        // A start that is repeated under the same token owes it anew, before its state shows the event.
        Observe(crontab);
        Assert.Null(await Runner().RunAsync(crontab, CronHost.Token, Test));

        Assert.Equal("x\n", await File.ReadAllTextAsync(Ran, Test));
    }

    /// <summary>The broken variant: a daemon that keeps no record of what it began is caught by the same count.</summary>
    [Fact]
    public async Task ToldAgain_WithoutTheRecord_RunsAgain()
    {
        var crontab = Miss($"* * * * * root echo x >> {Ran}\n");
        _host.Own(Long);

        for (var life = 0; life < 2; life++)
        {
            await Runner().RunAsync(crontab, CronHost.Token, Test);
            File.Delete(Path.Combine(_host.RunDir, "cron", "apps.begun"));
        }

        Assert.Equal("x\nx\n", await File.ReadAllTextAsync(Ran, Test));
    }

    [Theory]
    [InlineData("no lease", "this node has no lease")]
    [InlineData("lease over", "the lease of this node is over")]
    [InlineData("moving", "it is not settled on this node")]
    [InlineData("other template", "the template has changed since the runs were missed")]
    public async Task Missed_WithoutTheRightToRun_DoesNotRun(string what, string whyNot)
    {
        var crontab = Miss($"* * * * * root echo x >> {Ran}\n");
        _host.Own(what switch { "no lease" => null, "lease over" => TimeSpan.FromMilliseconds(-1), _ => Long }, isSettled: what != "moving");
        if (what == "other template") await File.AppendAllTextAsync(crontab.TemplateFile, "# more\n", Test);

        var result = await Runner().RunAsync(crontab, CronHost.Token, Test);

        Assert.Equal(0, result!.Lines);
        Assert.EndsWith(whyNot, result.Detail, StringComparison.Ordinal);
        Assert.Null(await Runner().RunAsync(crontab, new LogIndex(6), Test));
        Assert.False(File.Exists(Ran));
    }

    [Fact]
    public async Task Run_WhoseCrontabIsStopped_IsKilled()
    {
        var crontab = Miss($"* * * * * root echo x >> {Ran}; read -r forever < {_host["never"]}\n");
        Assert.Equal((0, ""), await CronHost.ShellAsync($"mkfifo {_host["never"]}"));
        _host.Own(Long);
        var groups = new StartedGroups(_host.RunDir, isSameBoot: false);
        var run = Runner(groups).RunAsync(crontab, CronHost.Token, Test);
        while (!File.Exists(Ran)) await Task.Delay(5, Test);

        // As the reconciler does at the end of a lease: first the run table, then the stop, without grace.
        _host.Own(TimeSpan.FromMilliseconds(-1), isSettled: false);
        var stopped = await Executor(groups).RunAsync(Request(ActionKind.Stop, crontab) with { Limit = TimeSpan.FromSeconds(1) }, Test);

        Assert.Equal(ActionOutcome.Succeeded, stopped.Outcome);
        Assert.Contains("line 1: exit 137", (await run)!.Detail, StringComparison.Ordinal);
    }

    /// <summary>Installed and observed as after a takeover.</summary>
    private CrontabDefinition Miss(string template)
    {
        var crontab = _host.Crontab(template) with { CatchUp = CatchUp.Once };
        Assert.Equal(CrontabStep.Done, _host.Place(clock: new At(Installed)).Start(crontab, CronHost.Token));
        Observe(crontab);
        return crontab;
    }

    private void Observe(CrontabDefinition crontab) => Assert.NotNull(
        new CrontabObserver(_host.RunDir, isGuarded: true, new At(Installed)).After(
            Request(ActionKind.Start, crontab), new ActionResult(1, ActionOutcome.Succeeded, ""),
            new CrontabRecord(Installed.AddMinutes(-10), LogIndex.None, LogIndex.None)));

    private static ActionRequest Request(ActionKind kind, CrontabDefinition crontab) =>
        new(1, kind, crontab, new SlotId(crontab.Id, new NodeId("n1")), CronHost.Token, "");

    private CatchUpRunner Runner(StartedGroups? groups = null) => new(
        _host.RunDir, IdentityReader.ReadBootId(), new NodeId("n1"), new ScriptRunner(), groups ?? new StartedGroups(_host.RunDir, isSameBoot: false), _logs);

    private ActionExecutor Executor(StartedGroups groups) => new(
        new NodeId("n1"), new ScriptRunner(), new ResourceProbe(new ScriptRunner(), _host.Place()), _host.Place(),
        new AddressHolder(new NeighbourProbe()), new AddressAnnouncer(TimeProvider.System), groups, _logs, NullLogger<ActionExecutor>.Instance);

    private sealed class At(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => now;
    }
}

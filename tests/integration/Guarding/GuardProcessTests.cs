using System.Diagnostics;
using Drcm.Node.Clock;
using Drcm.Node.Guarding;
using Drcm.Node.Scripts;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Guarding;
using Xunit;

namespace Drcm.Integration.Tests.Guarding;

/// <summary>A real guard process: what it does at the deadline, what it leaves alone, and when it ends.</summary>
public sealed class GuardProcessTests : IDisposable
{
    private static readonly TimeSpan Ago = TimeSpan.FromTicks(1);
    private readonly GuardRun _run = new();

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Deadline_NotAcknowledged_DaemonKilledFileRemovedScriptRun()
    {
        var crontab = _run["jobs"];
        await File.WriteAllTextAsync(crontab, "", Test);
        var stop = _run.WriteScript("stop.sh", $"echo \"$1 $MARK\" >{_run["stopped"]}");
        _run.List(
            Entry(ResourceKind.Cron, "jobs") with { Files = [crontab, _run[".jobs.drcm"]] },
            Entry(ResourceKind.Service, "web") with { Script = Plan(stop, "stop.sh", "a b"), Timeout = TimeSpan.FromMinutes(1) });
        await _run.StartAsync(Test);
        Assert.True(File.Exists(crontab) && _run.IsDaemonAlive);
        _run.Give(new GuardOrder(MonotonicClock.Now - Ago, IsAcknowledged: false));
        await _run.UntilAsync("both are released", () => _run.ReleasedCount == 2, Test);
        Assert.False(File.Exists(crontab));
        Assert.Equal("a b marked\n", await File.ReadAllTextAsync(_run["stopped"], Test));
        await _run.UntilAsync("the daemon is dead", () => !_run.IsDaemonAlive, Test);
        Assert.Contains("released cron:jobs", _run.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadline_Acknowledged_DaemonLivesAndWhatIsListedGoes()
    {
        var crontab = _run["jobs"];
        await File.WriteAllTextAsync(crontab, "", Test);
        _run.List(Entry(ResourceKind.Cron, "jobs") with { Files = [crontab] });
        await _run.StartAsync(Test);
        _run.Give(new GuardOrder(MonotonicClock.Now - Ago, IsAcknowledged: true));
        await _run.UntilAsync("it is released", () => _run.ReleasedCount == 1, Test);
        Assert.False(File.Exists(crontab));
        Assert.True(_run.IsDaemonAlive);
    }

    /// <summary>O17: a start that is at work, and what an earlier one left running although its first process has ended.</summary>
    [Fact]
    public async Task Deadline_StartsAtWorkAndLeftovers_AllOfTheirGroupsAreKilled()
    {
        var groups = new List<ProcessGroup>();
        var started = new CountdownEvent(2);
        var runner = new ScriptRunner();
        var atWork = runner.RunAsync(Call("trap '' TERM; sleep 600; sleep 600"), Test);
        var left = runner.RunAsync(Call("(trap '' TERM; sleep 600) >/dev/null 2>&1 &"), Test);
        Assert.True(started.Wait(TimeSpan.FromMinutes(1), Test));
        await left;
        _run.List(Entry(ResourceKind.Application, "app") with { Groups = [.. groups] });
        Assert.All(groups, g => Assert.False(ProcessGroups.IsEmpty(g)));
        await _run.StartAsync(Test);
        _run.Give(new GuardOrder(MonotonicClock.Now - Ago, IsAcknowledged: false));
        await _run.UntilAsync("it is released", () => _run.ReleasedCount == 1, Test);
        Assert.All(groups, g => Assert.True(ProcessGroups.IsEmpty(g)));
        Assert.Equal(137, (await atWork).ExitCode);

        ScriptCall Call(string text) => Scripts.Sample.Shell(text, TimeSpan.FromMinutes(5)) with
        {
            OnStarted = group =>
            {
                lock (groups) groups.Add(group);
                started.Signal();
            },
        };
    }

    [Fact]
    public async Task ScriptWithoutInterpreterLine_IsRunByAShell()
    {
        var stop = _run["stop"];
        await File.WriteAllTextAsync(stop, $"echo \"$1\" >{_run["stopped"]}\n", Test);
        File.SetUnixFileMode(stop, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _run.List(Entry(ResourceKind.Service, "web") with { Script = Plan(stop, "stop", "word"), Timeout = TimeSpan.FromMinutes(1) });
        await _run.StartAsync(Test);
        _run.Give(new GuardOrder(MonotonicClock.Now - Ago, IsAcknowledged: false));
        await _run.UntilAsync("it is released", () => _run.ReleasedCount == 1, Test);
        Assert.Equal("word\n", await File.ReadAllTextAsync(_run["stopped"], Test));
    }

    [Fact]
    public async Task ScriptThatFails_IsRunAgainUntilItSucceeds()
    {
        var stop = _run.WriteScript("stop.sh", $"echo x >>{_run["tries"]}; [ $(wc -l <{_run["tries"]}) -ge 3 ]");
        _run.List(Entry(ResourceKind.Service, "web") with { Script = Plan(stop, "stop.sh"), Timeout = TimeSpan.FromMinutes(1) });
        await _run.StartAsync(Test);
        _run.Give(new GuardOrder(MonotonicClock.Now - Ago, IsAcknowledged: false));
        await _run.UntilAsync("it is released", () => _run.ReleasedCount == 1, Test);
        Assert.Equal("x\nx\nx\n", await File.ReadAllTextAsync(_run["tries"], Test));
        Assert.Contains("the stop script of service:web failed: 1", _run.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadline_MovedAwayInTime_NothingHappens()
    {
        var crontab = _run["jobs"];
        await File.WriteAllTextAsync(crontab, "", Test);
        _run.List(Entry(ResourceKind.Cron, "jobs") with { Files = [crontab] });
        await _run.StartAsync(Test);
        _run.Give(new GuardOrder(MonotonicClock.Now + TimeSpan.FromHours(1), IsAcknowledged: false));
        _run.Give(new GuardOrder(MonotonicClock.Now + TimeSpan.FromHours(2), IsAcknowledged: false));
        var beat = _run.Beat;
        await _run.UntilAsync("it has looked again", () => _run.Beat != beat, Test);
        Assert.True(File.Exists(crontab) && _run.IsDaemonAlive);
    }

    /// <summary>What is to be released is in the run directory, not in the guard.</summary>
    [Fact]
    public async Task GuardAndDaemonKilled_TheNextGuardReleasesByTheSameTable()
    {
        var crontab = _run["jobs"];
        await File.WriteAllTextAsync(crontab, "", Test);
        _run.List(Entry(ResourceKind.Cron, "jobs") with { Files = [crontab] });
        await _run.StartAsync(Test);
        var first = _run.GuardId;
        _run.Give(new GuardOrder(MonotonicClock.Now + TimeSpan.FromSeconds(1), IsAcknowledged: false));
        Process.GetProcessById(first).Kill();
        _run.KillDaemon();
        await _run.UntilAsync("the guard is dead", () => !_run.IsGuardAlive, Test);
        await _run.StartAsync(Test);
        await _run.UntilAsync("it is released", () => _run.ReleasedCount == 1, Test);
        Assert.NotEqual(first, _run.GuardId);
        Assert.False(File.Exists(crontab));
    }

    [Fact]
    public async Task SecondGuard_OnTheSameDirectory_EndsAtOnce()
    {
        await _run.StartAsync(Test);
        var first = _run.GuardId;
        using var second = Process.Start(Path.Combine(AppContext.BaseDirectory, "drcmd"), ["guard", "--run-dir", _run.RunDir]);
        await second.WaitForExitAsync(Test);
        Assert.Equal(GuardProcess.ExitOther, second.ExitCode);
        Assert.True(_run.IsGuardAlive && _run.GuardId == first);
    }

    [Fact]
    public async Task DaemonLeft_NothingListed_GuardEnds()
    {
        await _run.StartAsync(Test);
        _run.List();
        _run.Leave();
        await _run.UntilAsync("the guard has ended", () => !_run.IsGuardAlive, Test);
    }

    [Fact]
    public async Task RunDirectoryRemoved_GuardEnds()
    {
        await _run.StartAsync(Test);
        foreach (var file in Directory.GetFiles(_run.RunDir)) File.Delete(file);
        await _run.UntilAsync("the guard has ended", () => !_run.IsGuardAlive, Test);
    }

    private static ReleaseEntry Entry(ResourceKind kind, string name) => new(new ResourceId(kind, name), []);

    private static LaunchPlan Plan(string path, params string[] words) => new(path, [.. words], ["MARK=marked", "PATH=/usr/bin:/bin"], "/", null);
}

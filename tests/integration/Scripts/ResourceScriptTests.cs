using Drcm.Node.Probes;
using Drcm.Node.Scripts;
using Xunit;

namespace Drcm.Integration.Tests.Scripts;

/// <summary>Scripts that need no host of their own.</summary>
public sealed class ResourceScriptTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ScriptRunner _runner = new();

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Scripts_All_AreCleanForShellcheckAndExecutable()
    {
        var scripts = Directory.GetFiles(ResourceScripts.Directory);
        Assert.True(scripts.Length >= 5);
        Assert.All(scripts, s => Assert.True(File.GetUnixFileMode(s).HasFlag(UnixFileMode.OtherExecute), s));
        var check = await _runner.RunAsync(Sample.Shell("") with { Words = ["shellcheck", .. scripts] }, Test);
        Assert.SkipUnless(check.HasStarted, "needs shellcheck: install it");
        Assert.Equal("", check.Output);
    }

    [Fact]
    public async Task Crontab_StartTwiceChangeStartStopTwice_SameContentThenGone()
    {
        var cron = Sample.Cron(_directory.Write("apps", "* * * * * root true\n"), _directory.Make("cron.d"), ResourceScripts.PathOf("crontab.sh"));
        var target = CrontabProbe.Target(cron);
        Assert.Equal(ProbeState.Absent, ResourceProbe.Look(cron).State);
        await MustAsync(cron, ScriptAction.Start);
        await MustAsync(cron, ScriptAction.Start);
        Assert.Equal(ProbeState.Active, ResourceProbe.Look(cron).State);
        Assert.Equal("rw-r--r--", Mode(target));
        _directory.Write("apps", "* * * * * root false\n");
        Assert.Equal(ProbeState.Unknown, ResourceProbe.Look(cron).State);
        await MustAsync(cron, ScriptAction.Start);
        Assert.Equal(ProbeState.Active, ResourceProbe.Look(cron).State);
        Assert.Equal([target], Directory.GetFileSystemEntries(cron.InstallLocation));
        await MustAsync(cron, ScriptAction.Stop);
        await MustAsync(cron, ScriptAction.Stop);
        Assert.Equal(ProbeState.Absent, ResourceProbe.Look(cron).State);
        Assert.Empty(Directory.GetFileSystemEntries(cron.InstallLocation));
    }

    [Theory]
    [InlineData("absent", "cron.d", "create it or correct its row")]
    [InlineData("apps", "absent.d", "is no directory")]
    public async Task Crontab_BadRow_FailsWithTheRemedyAndLeavesNothing(string template, string location, string expected)
    {
        _directory.Write("apps", "x\n");
        _directory.Make("cron.d");
        var cron = Sample.Cron(_directory[template], _directory[location], ResourceScripts.PathOf("crontab.sh"));
        var result = await RunAsync(cron, ScriptAction.Start);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(expected, result.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_directory["cron.d"]));
    }

    [Fact]
    public async Task Crontab_Status_ZeroWhenInstalledElseThree()
    {
        var cron = Sample.Cron(_directory.Write("apps", "x\n"), _directory.Make("cron.d"), ResourceScripts.PathOf("crontab.sh")) with
        {
            Probe = StateMachine.Configuration.ProbeKind.Script,
        };
        var probe = new ResourceProbe(_runner);
        Assert.Equal(ProbeState.Absent, (await probe.LookAsync(cron, Sample.Context, Test)).State);
        await MustAsync(cron, ScriptAction.Start);
        Assert.Equal(ProbeState.Active, (await probe.LookAsync(cron, Sample.Context, Test)).State);
        var broken = cron with { Script = _directory["absent.sh"] };
        Assert.Equal(ProbeState.Unknown, (await probe.LookAsync(broken, Sample.Context, Test)).State);
    }

    [Fact]
    public void FilesystemProbe_MountTable_NewestMountOnTheTargetCounts()
    {
        string[] table =
        [
            "30 1 0:40 / /data rw - tmpfs tmpfs rw",
            "31 1 0:41 / /my\\040data rw shared:5 - nfs4 server:/data/ rw",
            "32 1 0:42 / /share rw - cifs //10.0.0.1/users/web rw",
        ];
        Assert.Equal(ProbeState.Active, FilesystemProbe.Look(Sample.Filesystem("any", "/data/"), table).State);
        Assert.Equal(ProbeState.Active, FilesystemProbe.Look(Sample.Filesystem("server:/data", "/my data"), table).State);
        Assert.Equal(ProbeState.Unknown, FilesystemProbe.Look(Sample.Filesystem("other:/data", "/my data"), table).State);
        Assert.Equal(ProbeState.Active, FilesystemProbe.Look(Sample.Filesystem("/10.0.0.1/users/web", "/share"), table).State);
        Assert.Equal(ProbeState.Absent, FilesystemProbe.Look(Sample.Filesystem("any", "/dat"), table).State);
    }

    private async Task MustAsync(StateMachine.Configuration.ResourceDefinition resource, ScriptAction action)
    {
        var result = await RunAsync(resource, action);
        Assert.True(result.Succeeded, result.Summary);
    }

    private Task<ScriptResult> RunAsync(StateMachine.Configuration.ResourceDefinition resource, ScriptAction action) =>
        _runner.RunAsync(ResourceCalls.For(resource, action, Sample.Context)!, Test);

    private static string Mode(string path) =>
        string.Concat("rwxrwxrwx".Select((c, i) => ((int)File.GetUnixFileMode(path) & (1 << (8 - i))) != 0 ? c : '-'));
}

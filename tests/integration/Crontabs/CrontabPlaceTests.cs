using Drcm.Integration.Tests.Scripts;
using Drcm.Node.Crontabs;
using Drcm.Node.Probes;
using Drcm.Node.Scripts;
using Xunit;

namespace Drcm.Integration.Tests.Crontabs;

public sealed class CrontabPlaceTests : IDisposable
{
    private const string Template = "MAILTO=ops\n* * * * * root echo a | tr a b\n";

    private readonly CronHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void StartTwiceChangeStartStopTwice_GuardedLinesThenNothing()
    {
        var crontab = _host.Crontab(Template);
        var place = _host.Place();
        Assert.Equal(ProbeState.Absent, place.Look(crontab).State);
        for (var i = 0; i < 2; i++) Assert.Equal(CrontabStep.Done, place.Start(crontab, CronHost.Token));
        Assert.Equal(ProbeState.Active, place.Look(crontab).State);

        var target = Assert.Single(Directory.GetFileSystemEntries(_host.Location));
        Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(target));
        Assert.Matches(@"^MAILTO=ops\n\* \* \* \* \* root /\S+ (/\S+ )?cron-exec /\S+ cron:apps -- 'echo a \| tr a b'\n$", File.ReadAllText(target));

        File.WriteAllText(target, Template);
        Assert.Equal(ProbeState.Unknown, place.Look(crontab).State);
        Assert.Equal(CrontabStep.Done, place.Start(crontab, CronHost.Token));
        for (var i = 0; i < 2; i++) Assert.Equal(CrontabStep.Done, place.Stop(crontab));
        Assert.Equal(ProbeState.Absent, place.Look(crontab).State);
        Assert.Empty(Directory.GetFileSystemEntries(_host.Location));
    }

    [Fact]
    public void Start_TableOfAUser_HasNoUserFieldAndIsHisCronsAlone()
    {
        var spool = Directory.CreateDirectory(Path.Combine(_host["spool"], "cron", "crontabs")).FullName;
        var crontab = _host.Crontab("@daily tar cf - . | ssh backup\n", spool);

        Assert.Equal(CrontabStep.Done, _host.Place().Start(crontab, CronHost.Token));

        var target = Path.Combine(spool, "apps");
        Assert.StartsWith("@daily /", File.ReadAllText(target), StringComparison.Ordinal);
        Assert.EndsWith(" -- 'tar cf - . | ssh backup'\n", File.ReadAllText(target), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(target));
    }

    [Fact]
    public void Start_BytesThatAreNoUtf8_StayAsTheyAre()
    {
        var crontab = _host.Crontab("");
        File.WriteAllBytes(crontab.TemplateFile, [.. "* * * * * root echo "u8, 0xe9, 0x0a]);

        Assert.Equal(CrontabStep.Done, _host.Place().Start(crontab, CronHost.Token));

        Assert.True(File.ReadAllBytes(CrontabProbe.Target(crontab)).AsSpan().EndsWith((byte[])[.. "'echo "u8, 0xe9, .. "'\n"u8]));
    }

    [Theory]
    [InlineData("* * * * root true\n", "apps:1: its day of week cannot be read; write minute, hour")]
    [InlineData("SHELL=/bin/csh\n* * * * * root true\n", "apps:2: its shell, /bin/csh")]
    public void Start_LineThatCannotBeGuarded_InstallsNothing(string template, string problem)
    {
        Assert.Contains(problem, _host.Place().Start(_host.Crontab(template), CronHost.Token).Problem, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_host.Location));
    }

    [Fact]
    public async Task Start_ScriptOfTheOperator_InstallsTheGuardedLinesUnderTheSameName()
    {
        var script = _host.Write("mine.sh", "#!/bin/sh\ncase $3 in start) cp \"$1\" \"$2\";; stop) rm -f \"$2/${1##*/}\";; esac\n", isProgram: true);
        var crontab = _host.Crontab(Template, script: script);
        var place = _host.Place();

        await CallAsync(place.Start(crontab, CronHost.Token), ScriptAction.Start);

        Assert.Equal(ProbeState.Active, place.Look(crontab).State);
        Assert.Contains("cron-exec", await File.ReadAllTextAsync(CrontabProbe.Target(crontab), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await CallAsync(place.Stop(crontab), ScriptAction.Stop);
        Assert.Equal(ProbeState.Absent, place.Look(crontab).State);
    }

    [Fact]
    public void Start_WithoutGuard_InstallsTheTemplate()
    {
        var crontab = _host.Crontab(Template);

        Assert.Equal(CrontabStep.Done, _host.Place(isGuarded: false).Start(crontab, CronHost.Token));

        Assert.Equal(Template, File.ReadAllText(CrontabProbe.Target(crontab)));
    }

    private static async Task CallAsync(CrontabStep step, ScriptAction action)
    {
        Assert.Equal("", step.Problem);
        var result = await new ScriptRunner().RunAsync(ResourceCalls.For(step.Script!, action, Sample.Context)!, TestContext.Current.CancellationToken);
        Assert.True(result.Succeeded, result.Summary);
    }
}

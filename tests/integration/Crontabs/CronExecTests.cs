using Drcm.Node.Clock;
using Drcm.Node.Crontabs;
using Drcm.Node.Startup;
using Drcm.StateMachine;
using Xunit;

namespace Drcm.Integration.Tests.Crontabs;

/// <summary>Installed lines, run as cron runs them.</summary>
public sealed class CronExecTests : IDisposable
{
    /// <summary>Outlasts every start of a program on a busy machine.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly CronHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Job_UnderALease_IsWhatCronWouldHaveRun()
    {
        Install("* * * * * root echo \"it's $((6 * 7))\"; cat; echo \"$DRCM_RESOURCE $DRCM_TOKEN\"; exit 7\n");
        _host.Own(Long);

        var (exitCode, output) = await _host.RunAsync("from stdin\n");

        Assert.Equal("it's 42\nfrom stdin\ncron:apps 7\n", output);
        Assert.Equal(7, exitCode);
    }

    [Fact]
    public async Task Job_OfAnOwner_HasSignalsAndLimitsOfCron()
    {
        const string show = "grep -E \"Sig(Blk|Ign|Cgt)\" /proc/self/status; ulimit -n; ls /proc/self/fd | wc -l";
        Install($"* * * * * root {show}\n");
        _host.Own(Long);

        var plain = await CronHost.ShellAsync(show);

        Assert.Equal(plain, await _host.RunAsync());
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("none")]
    [InlineData("moving")]
    [InlineData("of another token")]
    public async Task Job_WithoutTheRightToRun_DoesNotRunAndMailsNothing(string right)
    {
        Install("* * * * * root echo it ran\n");
        Deny(right);

        Assert.Equal((0, ""), await _host.RunAsync());
    }

    /// <summary>The broken variant: a guard that asks nobody is caught by the same question.</summary>
    [Fact]
    public async Task Job_UnderAnExpiredLeaseWithAGuardThatDoesNotAsk_Runs()
    {
        var careless = _host.Write("careless", "#!/bin/sh\nexec sh -c \"$4\"\n", isProgram: true);
        Install("* * * * * root echo it ran\n");
        var path = Path.Combine(_host.Location, "apps");
        var guard = string.Join(' ', GuardProgram.Words(_host.RunDir, "cron:apps"));
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, Test)).Replace(guard, $"{careless} cron-exec {_host.RunDir}", StringComparison.Ordinal), Test);
        Deny("expired");

        Assert.Equal((0, "it ran\n"), await _host.RunAsync());
    }

    /// <summary>The timer that kills a frozen guard at the end of the lease must not outlive the exec.</summary>
    [Fact]
    public async Task Job_OfAnOwner_HasNoTimerLeft()
    {
        Install("* * * * * root cat /proc/$$/timers\n");
        _host.Own(Long);

        Assert.Equal((0, ""), await _host.RunAsync());
    }

    [Fact]
    public void Job_InTheMinuteOfItsInstallation_CountsAsMissedAndDoesNotRun()
    {
        Install("* * * * * root true\n");
        _host.Own(Long);

        Assert.Null(Ask(minute: 0, out var whyNot));
        Assert.Contains("whose runs count as missed", whyNot, StringComparison.Ordinal);
        Assert.NotNull(Ask(minute: 1, out _));
    }

    [Fact]
    public async Task Guard_WithWrongWords_SaysHowItIsCalled()
    {
        var (exitCode, output) = await CronHost.ShellAsync(string.Join(' ', GuardProgram.Words(_host.RunDir, "apps")) + " -- true");

        Assert.Equal(2, exitCode);
        Assert.Contains("drcmd cron-exec --help says more", output, StringComparison.Ordinal);
    }

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    private void Install(string template) => Assert.Equal(CrontabStep.Done, _host.Place().Start(_host.Crontab(template), CronHost.Token));

    private void Deny(string right)
    {
        if (right == "none") _host.Own(null);
        else if (right == "expired") _host.Own(TimeSpan.FromMilliseconds(-1));
        else _host.Own(Long, isSettled: right != "moving");
        var first = Path.Combine(_host.RunDir, "cron", "apps.first");
        if (right == "of another token") File.WriteAllText(first, "6 0\n");
    }

    private CronPass? Ask(long minute, out string whyNot) => CronPass.Ask(
        _host.RunDir, new ResourceId(ResourceKind.Cron, "apps"), IdentityReader.ReadBootId(), MonotonicClock.Now, minute, out whyNot);
}

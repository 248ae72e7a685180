using System.Diagnostics;
using Drcm.Node.Clock;
using Drcm.Node.Guarding;
using Drcm.Node.Scripts;
using Drcm.Node.Watchdog;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Guarding;
using Xunit;

namespace Drcm.Integration.Tests.Guarding;

/// <summary><c>self_fence</c> of a real guard. A file stands in for the watchdog device, another for the kernel's trigger: no test may touch the real ones.</summary>
public sealed class SelfFenceTests : IDisposable
{
    private const string Food = "\0";
    private const string Magic = "V";

    private readonly GuardRun _run = new();

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    private string Eaten => File.ReadAllText(_run["watchdog"]);

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Lease_Holds_WatchdogIsFedAgainAndAgain()
    {
        Ask(SelfFence.Watchdog);
        _run.List(Stubborn(TimeSpan.FromSeconds(1)));
        await _run.StartAsync(Test);
        Assert.Equal(GuardHeader.FenceReady, _run.FenceState);
        _run.Give(new GuardOrder(MonotonicClock.Now + TimeSpan.FromHours(1), IsAcknowledged: false));
        await _run.UntilAsync("it is fed three times", () => Eaten.Length >= 3, Test);
        Assert.DoesNotContain(Magic, Eaten, StringComparison.Ordinal);
        Assert.Contains("knows of no timeout", _run.Said, StringComparison.Ordinal);
    }

    /// <summary>Daemon killed, and a stop script that refuses to end: the host is left to its watchdog.</summary>
    [Fact]
    public async Task Release_NotSeenByItsLimit_WatchdogIsFedNoMore()
    {
        Ask(SelfFence.Watchdog);
        _run.List(Stubborn(TimeSpan.FromSeconds(1)));
        await _run.StartAsync(Test);
        _run.KillDaemon();
        _run.Give(new GuardOrder(MonotonicClock.Now, IsAcknowledged: false));
        await _run.UntilAsync("the limit has passed", () => _run.Said.Contains("service:web is still here past its release budget", StringComparison.Ordinal), Test);
        var eaten = Eaten;
        var beat = _run.Beat;
        await _run.UntilAsync("it has looked on for longer than it would take to feed", () => _run.Beat - beat > TimeSpan.FromSeconds(2).Ticks, Test);
        Assert.Equal(eaten, Eaten);
        Assert.NotEmpty(eaten);
        Assert.DoesNotContain(Magic, eaten, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limit_Passed_LeaseAgain_WatchdogIsFedAgain()
    {
        Ask(SelfFence.Watchdog);
        _run.List(Stubborn(TimeSpan.FromMilliseconds(1)));
        await _run.StartAsync(Test);
        _run.Give(new GuardOrder(MonotonicClock.Now, IsAcknowledged: true));
        await _run.UntilAsync("the limit has passed", () => _run.Said.Contains("past its release budget", StringComparison.Ordinal), Test);
        var eaten = Eaten;
        _run.Give(new GuardOrder(MonotonicClock.Now + TimeSpan.FromHours(1), IsAcknowledged: false));
        await _run.UntilAsync("it is fed", () => Eaten.Length > eaten.Length, Test);
    }

    [Fact]
    public async Task Released_InTime_WatchdogIsFedOnAndClosedInOrder()
    {
        Ask(SelfFence.Watchdog);
        _run.List(Entry() with { Script = Plan("/bin/true"), Timeout = TimeSpan.FromMinutes(1), Limit = TimeSpan.FromMinutes(2) });
        await _run.StartAsync(Test);
        _run.Give(new GuardOrder(MonotonicClock.Now, IsAcknowledged: false));
        await _run.UntilAsync("it is released", () => _run.ReleasedCount == 1, Test);
        var eaten = Eaten;
        await _run.UntilAsync("it is fed", () => Eaten.Length > eaten.Length, Test);
        _run.List();
        _run.Leave();
        await _run.UntilAsync("the guard has ended", () => !_run.IsGuardAlive, Test);
        Assert.EndsWith(Magic, Eaten, StringComparison.Ordinal);
    }

    /// <summary>Nobody would end this host any more: the watchdog does, unless the next guard is there in time.</summary>
    [Fact]
    public async Task GuardTold_ToEndWithSomethingHeld_WatchdogGoesOn()
    {
        Ask(SelfFence.Watchdog);
        _run.List(Stubborn(TimeSpan.FromMinutes(1)));
        await _run.StartAsync(Test);
        _run.Give(new GuardOrder(MonotonicClock.Now + TimeSpan.FromHours(1), IsAcknowledged: false));
        await _run.UntilAsync("it is fed", () => Eaten.Length > 0, Test);
        using (var term = Process.Start("/bin/kill", ["-TERM", $"{_run.GuardId}"])) await term.WaitForExitAsync(Test);
        await _run.UntilAsync("the guard has ended", () => !_run.IsGuardAlive, Test);
        Assert.Equal(string.Concat(Enumerable.Repeat(Food, Eaten.Length)), Eaten);
        Assert.Contains("this host resets unless another guard is there in time", _run.Said, StringComparison.Ordinal);
        await _run.StartAsync(Test);
        var eaten = Eaten;
        await _run.UntilAsync("the next guard feeds it", () => Eaten.Length > eaten.Length, Test);
    }

    [Fact]
    public async Task Device_Missing_IsSaidOnceAndTakenWhenItIsThere()
    {
        Ask(SelfFence.Watchdog);
        File.Delete(_run["watchdog"]);
        await _run.StartAsync(Test);
        Assert.Equal(-2, _run.FenceState);
        var beat = _run.Beat;
        await _run.UntilAsync("it has looked again", () => _run.Beat - beat > TimeSpan.FromMilliseconds(500).Ticks, Test);
        Assert.Equal(2, _run.Said.Split("cannot be carried out").Length);
        await File.WriteAllTextAsync(_run["watchdog"], "", Test);
        await _run.UntilAsync("it is ready", () => _run.FenceState == GuardHeader.FenceReady, Test);
    }

    [Fact]
    public async Task Sysrq_LimitPassed_KernelIsToldToReset()
    {
        Ask(SelfFence.Sysrq);
        var trigger = _run["sysrq"];
        await File.WriteAllTextAsync(trigger, "", Test);
        _run.List(Stubborn(TimeSpan.FromSeconds(1)));
        using var guard = Guard(trigger);
        await _run.UntilAsync("the guard is there", () => _run.IsGuardAlive, Test);
        _run.Give(new GuardOrder(MonotonicClock.Now + TimeSpan.FromMilliseconds(300), IsAcknowledged: false));
        await _run.UntilAsync("the kernel is told", () => File.ReadAllText(trigger).Length > 0, Test);
        Assert.StartsWith("b", await File.ReadAllTextAsync(trigger, Test), StringComparison.Ordinal);
    }

    /// <summary>From within a namespace the trigger would reset the whole machine, and everything else on it.</summary>
    [Fact]
    public async Task Sysrq_OfANamespace_IsRefused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root for a network namespace");
        Ask(SelfFence.Sysrq);
        using var guard = Process.Start(new ProcessStartInfo("unshare", ["--net", Program, "guard", "--run-dir", _run.RunDir]) { UseShellExecute = false, RedirectStandardError = true })!;
        await _run.UntilAsync("the guard is there", () => _run.IsGuardAlive, Test);
        Assert.Equal(-1, _run.FenceState);
    }

    /// <summary>The device of a watchdog has timeouts; a file has none, which must not be taken for an error.</summary>
    [Fact]
    public unsafe void Open_WhatKnowsNoTimeout_IsFedAllTheSame()
    {
        File.WriteAllText(_run["other"], "");
        var device = new WatchdogDevice();
        fixed (byte* path = System.Text.Encoding.UTF8.GetBytes(_run["other"] + "\0")) Assert.Equal(0, device.Open(path));
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (device.Timeout, device.Excess));
        device.Feed(TimeSpan.Zero);
        device.Feed(TimeSpan.FromMilliseconds(1));
        device.Feed(TimeSpan.FromSeconds(1));
        device.Close(isInOrder: true);
        device.Feed(TimeSpan.FromSeconds(9));
        Assert.Equal(Food + Food + Magic, File.ReadAllText(_run["other"]));
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "drcmd");

    private void Ask(SelfFence kind)
    {
        File.WriteAllText(_run["watchdog"], "");
        _run.Ask(kind, _run["watchdog"]);
    }

    private Process Guard(string trigger)
    {
        var start = new ProcessStartInfo(Program, ["guard", "--run-dir", _run.RunDir]) { UseShellExecute = false, RedirectStandardError = true };
        start.Environment[SysrqTrigger.Variable] = trigger;
        return Process.Start(start)!;
    }

    private ReleaseEntry Stubborn(TimeSpan limit)
    {
        var stop = _run.WriteScript("stubborn.sh", "trap '' TERM; exec sleep 600");
        return Entry() with { Script = Plan(stop), Timeout = TimeSpan.FromMinutes(5), Limit = limit };
    }

    private static ReleaseEntry Entry() => new(new ResourceId(ResourceKind.Service, "web"), []);

    private static LaunchPlan Plan(string path) => new(path, ["stop"], ["PATH=/usr/bin:/bin"], "/", null);
}

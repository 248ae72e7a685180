using Drcm.StateMachine.Configuration;
using Xunit;

namespace Drcm.Property.Tests.Configuration;

/// <summary><c>self_fence</c> and <c>watchdog</c> in cm.cfg, and what the host must have for them.</summary>
public sealed class SelfFenceTests
{
    private const string On = "self_fence = watchdog";
    private const string Exclusive = "service:web, exclusive=yes";

    [Fact]
    public void Read_NoDevice_IsTheUsualOne() =>
        Assert.Equal("/dev/watchdog", CmConfigReader.Read(Sample.Text(server: On, options: Exclusive)).Local.WatchdogDevice);

    [Fact]
    public void Read_Device_IsTakenAndShownAgain()
    {
        var file = CmConfigReader.Read(Sample.Text(server: On + "\nwatchdog = /dev/watchdog1", options: Exclusive));

        Assert.Empty(file.Diagnostics);
        Assert.Equal("/dev/watchdog1", CmConfigReader.Read(CanonicalText.Render(file.Definition!, file.Local)).Local.WatchdogDevice);
    }

    [Theory]
    [InlineData("watchdog = /dev/watchdog", Severity.Warning, "watchdog names a device, but self_fence does not use it")]
    [InlineData("watchdog = /dev/watchdog\nself_fence = sysrq", Severity.Warning, "watchdog names a device, but self_fence does not use it")]
    [InlineData("watchdog = watchdog0\nself_fence = watchdog", Severity.Error, "watchdog is \"watchdog0\"")]
    public void Read_OddDevice_IsFound(string lines, Severity severity, string what)
    {
        var finding = Sample.Single(Sample.Text(server: lines));

        Assert.Equal((severity, what), (finding.Severity, finding.What));
    }

    [Fact]
    public void Check_DeviceMissing_IsAnErrorWhereItWouldBeNeeded()
    {
        var file = CmConfigReader.Read(Sample.Text(server: On, options: Exclusive));
        var finding = Assert.Single(HostCheck.Check(file, FakeHost.ConfigPath, node: null, FakeHost.Complete()));

        Assert.Equal(Severity.Error, finding.Severity);
        Assert.StartsWith("self_fence = watchdog, and /dev/watchdog is missing", finding.What, StringComparison.Ordinal);
        Assert.Empty(HostCheck.Check(file, FakeHost.ConfigPath, node: null, FakeHost.Complete().With("/dev/watchdog", 0b110_000_000)));
    }

    [Fact]
    public void SelfFenceOf_NodeThatRunsNothing_IsOff()
    {
        var definition = Sample.Good(Sample.Text(server: On, options: Exclusive));

        Assert.Equal(SelfFence.Watchdog, ReleaseRules.SelfFenceOf(definition, definition.Nodes[0].Id));
        Assert.Equal(SelfFence.Off, ReleaseRules.SelfFenceOf(definition, new("stranger")));
    }
}

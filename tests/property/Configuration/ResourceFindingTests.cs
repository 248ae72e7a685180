using Xunit;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;

namespace Drcm.Property.Tests.Configuration;

public sealed class ResourceFindingTests
{
    [Theory]
    [InlineData("x, /t, /etc/cron.d", "missing or extra values: the row has 3, not 4")]
    [InlineData("x, /t, /etc/cron.d, /s, more", "missing or extra values: the row has 5, not 4")]
    [InlineData(",,,", "the row has no values")]
    [InlineData("apps, /t, /etc/cron.d, /s", "cron:apps is listed twice (line 4)")]
    [InlineData("x, /other/apps, /etc/cron.d/, /s", "cron:x is the same thing as cron:apps on line 4")]
    public void Read_BadCrontab_IsLeftOut(string row, string what) =>
        AssertLeftOut(Sample.Text(crontabs: row), what, new ResourceId(ResourceKind.Cron, "x"));

    [Theory]
    [InlineData("x, 10.0.0.300, 24, eth0, /s", "\"10.0.0.300\" is no IP address")]
    [InlineData("x, 10.0.1, 24, eth0, /s", "\"10.0.1\" is no IP address")]
    [InlineData("x, 010.0.0.1, 24, eth0, /s", "\"010.0.0.1\" is no IP address")]
    [InlineData("x, web.example.com, 24, eth0, /s", "\"web.example.com\" is no IP address")]
    [InlineData("x, 10.0.0.3, 33, eth0, /s", "\"33\" is no netmask for 10.0.0.3")]
    [InlineData("x, 10.0.0.3, 255.0.255.0, eth0, /s", "\"255.0.255.0\" is no netmask for 10.0.0.3")]
    [InlineData("x, fd00::1, 129, eth0, /s", "\"129\" is no netmask for fd00::1")]
    [InlineData("x, 10.0.0.100, 16, eth1, /s", "ip:x is the same thing as ip:web")]
    [InlineData("x, ::ffff:10.0.0.100, 64, eth1, /s", "\"64\" is no netmask")]
    public void Read_BadAddress_IsLeftOut(string row, string what) =>
        AssertLeftOut(Sample.Text(addresses: row), what, new ResourceId(ResourceKind.Ip, "x"));

    [Theory]
    [InlineData("x, rootroot, start, stop", "\"rootroot\" is not user:group")]
    [InlineData("x, root:, start, stop", "\"root:\" is not user:group")]
    [InlineData("x, root:root, start", "missing or extra values: the row has 3, not 4 or 5")]
    public void Read_BadApplication_IsLeftOut(string row, string what) =>
        AssertLeftOut(Sample.Text(applications: row), what, new ResourceId(ResourceKind.Application, "x"));

    [Fact]
    public void Read_FloatingAddressThatIsANodesOwn_ForbidsToRun()
    {
        var file = CmConfigReader.Read(Sample.Text(addresses: "x, 10.0.0.2, 24, eth0, /s", node1: "node_floating_ip_addrs = x"));

        Assert.Contains(file.Diagnostics, d => d.What == "ip:x has the keep_alive_ip of b");
        Assert.Null(file.Definition);
    }

    [Theory]
    [InlineData("web, exclusive=yes", "an options row does not begin with kind:nickname")]
    [InlineData("ip:nosuch, exclusive=yes", "[CM_OPTIONS] names \"nosuch\", which [CM_IPADDRS] does not list")]
    [InlineData("ip:web, exclusive", "\"exclusive\" is not key=value")]
    [InlineData("ip:web, exclusive=no", "a resource of kind ip is always exclusive")]
    [InlineData("service:web, start_timeout=0", "start_timeout is \"0\"")]
    [InlineData("service:web, migration_threshold=0", "migration_threshold is 0, out of range")]
    [InlineData("service:web, failback=never", "failback is \"never\"")]
    [InlineData("ip:web, catch_up=once", "catch_up is for crontabs, and ip:web is none")]
    [InlineData("cron:apps, catch_up=twice", "catch_up is \"twice\"")]
    [InlineData("ip:web, probe=magic", "probe is \"magic\"")]
    public void Read_BadOption_IsAnErrorAndTheDefaultCounts(string row, string what)
    {
        var file = CmConfigReader.Read(Sample.Text(options: row));

        Assert.StartsWith(what, Assert.Single(file.Diagnostics).What, StringComparison.Ordinal);
        Assert.Equal(CanonicalText.Render(Sample.Good(Sample.Text())), CanonicalText.Render(file.Definition!));
    }

    [Theory]
    [InlineData("service:web, exclusive=yes", "service:web is exclusive, and nothing makes sure that a node which is cut off has stopped it: when its owner goes down, its takeover waits for fencing")]
    [InlineData("service:web, needs=ip:web", "needs is accepted, not yet acted on")]
    [InlineData("service:web, strat_timeout=3", "unknown key \"strat_timeout\"")]
    public void Read_OddOption_Warns(string row, string what)
    {
        var finding = Sample.Single(Sample.Text(options: row));

        Assert.Equal((Severity.Warning, what), (finding.Severity, finding.What));
    }

    [Fact]
    public void Read_ResourceThatNoNodeLists_Warns()
    {
        var finding = Sample.Single(Sample.Text(services: "lost, lostd, /s"));

        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Equal("service:lost is at home on no node and will never run", finding.What);
    }

    [Fact]
    public void Read_Options_AreTakenOver()
    {
        const string row =
            "service:web, exclusive=yes, start_timeout=1.5, stop_timeout=2, monitor_timeout=0.25, migration_threshold=7, failback=delay=30, probe=script";

        var web = Sample.Good(Sample.Text(options: row)).Resources.Single(r => r.Id.ToString() == "service:web");

        Assert.True(web.IsExclusive);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), web.StartTimeout);
        Assert.Equal(TimeSpan.FromSeconds(2), web.StopTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(250), web.MonitorTimeout);
        Assert.Equal(7, web.MigrationThreshold);
        Assert.Equal(new FailbackPolicy(FailbackKind.Delayed, TimeSpan.FromSeconds(30)), web.Failback);
        Assert.Equal(ProbeKind.Script, web.Probe);
    }

    private static void AssertLeftOut(string text, string what, ResourceId id)
    {
        var file = CmConfigReader.Read(text);

        Assert.StartsWith(what, Assert.Single(file.Diagnostics).What, StringComparison.Ordinal);
        Assert.DoesNotContain(file.Definition!.Resources, r => r.Id == id);
    }
}

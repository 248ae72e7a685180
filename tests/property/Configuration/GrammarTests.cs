using Xunit;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;

namespace Drcm.Property.Tests.Configuration;

public sealed class GrammarTests
{
    [Theory]
    [InlineData("1", true)]
    [InlineData("2", true)]
    [InlineData("0", false)]
    [InlineData("true", true)]
    [InlineData("NO", false)]
    [InlineData("t", true)]
    [InlineData("f", false)]
    [InlineData("Y", true)]
    [InlineData("n", false)]
    [InlineData("yes # remark", true)]
    public void Read_Boolean_HasTheOriginalsSpellings(string word, bool expected) =>
        Assert.Equal(expected, CmConfigReader.Read(Sample.Text(server: $"verbose = {word}")).Local.Verbose);

    [Fact]
    public void Read_EscapedHash_IsPartOfTheValue()
    {
        var app = (ApplicationDefinition)Sample.Good(Sample.Text(
                applications: "x, u:g, echo \\#1, echo two # remark", node1: "node_applications = app, x"))
            .Resources.Single(r => r.Id.Nickname == "x");

        Assert.Equal(("echo #1", "echo two"), (app.StartProgram, app.StopProgram));
    }

    [Fact]
    public void Read_DoubledAndEdgeCommas_AreCollapsed()
    {
        var node = Sample.Good(Sample.Text(services: "x,, xd , /s,", node2: "node_services = , x,,web,")).Nodes[1];

        Assert.Equal(["service:x", "service:web"], node.HomeResources.Select(r => r.ToString()));
    }

    [Fact]
    public void Read_SpacesInsideBracketsCarriageReturnsAndMark_AreTolerated()
    {
        var text = "\uFEFF" + Sample.Text().Replace("[CM_NODE]", "  [ CM_NODE ]").Replace("\n", "\r\n");

        Assert.Equal(CanonicalText.Render(Sample.Good(Sample.Text())), CanonicalText.Render(Sample.Good(text)));
    }

    [Fact]
    public void Read_SeveralKeepAliveAddresses_AreListedInOrderAndNormalized()
    {
        var node = Sample.Good(Sample.Text(node2: "", rest: """
            [CM_NODE]
            nodename = c
            hostname = c
            keep_alive_ip = 10.0.0.3, FD00:0::3, ::ffff:10.1.0.3
            """)).Nodes[2];

        Assert.Equal(["10.0.0.3", "fd00::3", "10.1.0.3"], node.KeepAliveAddresses);
    }

    [Theory]
    [InlineData("", 100, 1500, 1000, 477, 750)]
    [InlineData("dead_node_count = 60", 100, 6000, 4000, 1968, 3000)]
    [InlineData("keep_alive_interval_ms = 20\ndead_node_count = 10", 20, 200, 133, 46, 100)]
    [InlineData("lease_ms = 500", 100, 1500, 500, 977, 750)]
    [InlineData("stop_budget_ms = 100.5", 100, 1500, 1000, 100.5, 750)]
    public void Read_Timing_FollowsFromDeadTime(
        string server, double interval, double dead, double lease, double stop, double election)
    {
        var timing = Sample.Good(Sample.Text(server: server)).Timing;

        Assert.Equal(
            (interval, dead, lease, stop, election),
            (timing.KeepAliveInterval.TotalMilliseconds, timing.DeadAfter.TotalMilliseconds,
                timing.Lease.TotalMilliseconds, timing.StopBudget.TotalMilliseconds, timing.ElectionTimeout.TotalMilliseconds));
    }

    [Fact]
    public void Read_TooManyFindings_AreCounted()
    {
        var file = CmConfigReader.Read("[CM_SERVER]\n" + string.Concat(Enumerable.Repeat("x\n", 5000)));

        Assert.Equal(CmLimits.DiagnosticsMax + 1, file.Diagnostics.Length);
        Assert.Contains("4001 more findings are not shown", file.Diagnostics[^1].What, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SourceMap_KnowsValuesOfRowsNodesAndServer()
    {
        var sources = CmConfigReader.Read(Sample.Text(server: "run_dir = /run/x")).Sources;

        Assert.Equal(new SourcePosition(2, 11), sources.Of("run_dir"));
        Assert.Equal(new SourcePosition(4, 45), sources.Of(new ResourceId(ResourceKind.Cron, "apps"), "resource_script"));
        Assert.Equal(new SourcePosition(27, 12), sources.Of(new NodeId("a"), "nodename") with { Line = 27 });
        Assert.Equal(default, sources.Of("nothing"));
    }
}

using Drcm.StateMachine.Configuration;
using Xunit;

namespace Drcm.Property.Tests.Configuration;

public sealed class FenceTests
{
    private const string Good = "fence = fence_ipmilan, ip=10.9.0.1, username=admin, password=p\\#w, delay=2.5, action=reboot";

    [Fact]
    public void Read_Fence_AgentAndOptionsInOrder()
    {
        var fence = Sample.Good(Sample.Text(node1: Good)).Nodes[0].Fence!;

        Assert.Equal("fence_ipmilan", fence.Agent);
        Assert.Equal(["ip=10.9.0.1", "username=admin", "password=p#w"], fence.Options);
        Assert.True(fence.Reboots);
        Assert.Equal(TimeSpan.FromSeconds(2.5), fence.Delay);
    }

    [Fact]
    public void Shown_Secrets_AreStars()
    {
        var file = CmConfigReader.Read(Sample.Text(node1: Good));

        Assert.Contains("password=***", file.Definition!.Nodes[0].Fence!.Shown, StringComparison.Ordinal);
        Assert.DoesNotContain("p\\#w", CanonicalText.Render(file.Definition, file.Local), StringComparison.Ordinal);
        Assert.Contains("p\\#w", CanonicalText.Render(file.Definition), StringComparison.Ordinal);
        Assert.Equal("login with *** refused", file.Definition.Nodes[0].Fence!.WithoutSecrets("login with p#w refused"));
    }

    [Theory]
    [InlineData("fence = ip=10.0.0.1, password=hush", "fence does not begin with the name of an agent")]
    [InlineData("fence = bin/agent", "fence does not begin with the name of an agent")]
    [InlineData("fence = agent, hush", "an option of fence is not key=value")]
    [InlineData("fence = agent, action=status, password=hush", "action of fence is neither off nor reboot")]
    [InlineData("fence = agent, delay=hush", "delay of fence is no number of seconds")]
    [InlineData("fence = agent, delay=-1", "delay of fence is no number of seconds")]
    public void Read_BadFence_IsLeftOutAndNothingOfItIsQuoted(string line, string what)
    {
        var finding = Sample.Single(Sample.Text(node1: line));

        Assert.Equal((Severity.Error, what), (finding.Severity, finding.What));
        Assert.DoesNotContain("hush", finding.Render("cm.cfg"), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ExclusiveServiceOfNodesThatCanBeFenced_NothingToSay() =>
        Assert.Empty(CmConfigReader.Read(Sample.Text(options: "service:web, exclusive=yes", node1: "fence = agent")).Diagnostics);

    [Theory]
    [InlineData(null, "the fence agent fence_x of b is missing")]
    [InlineData(0b110_100_100, "the fence agent fence_x of b is not executable")]
    [InlineData(0b111_101_101, null)]
    public void Check_AgentOfAnotherNode_MustBeInstalledHere(int? mode, string? what)
    {
        var host = FakeHost.Complete();
        if (mode is { } bits) host.With("/usr/sbin/fence_x", bits);
        var file = CmConfigReader.Read(Sample.Text(node1: "fence = fence_own", node2: "fence = fence_x"));

        var found = HostCheck.Check(file, FakeHost.ConfigPath, null, host);

        Assert.Equal(what is null ? [] : [what], found.Where(d => d.What.Contains("fence", StringComparison.Ordinal)).Select(d => d.What));
    }
}

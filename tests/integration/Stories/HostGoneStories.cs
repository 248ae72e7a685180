using System.Globalization;
using System.Net;
using Drcm.Integration.Tests.Stories.Clusters;
using Xunit;

namespace Drcm.Integration.Tests.Stories;

/// <summary>A whole host is gone or cut off.</summary>
[Collection(RealHosts.Name)]
public sealed class HostGoneStories(HostsFixture hosts)
{
    private static readonly IPAddress Front1 = ClusterConfiguration.AddressOf(1);

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HostGone_AndBack_TakenOverWithoutOverlapThenFailedBackWithAShortSilence()
    {
        var cluster = await hosts.HealthyAsync();
        var (gone, survivor) = (cluster.Daemons[0], cluster.Daemons[1]);
        using var observer = cluster.Observe();
        using var asker = cluster.Network.Client.Ask(Front1);
        await cluster.WithinPatienceAsync("node1 answers", ct => asker.FirstAsync(h => h == "node1", TimeSpan.Zero, ct), Test);
        var lost = cluster.Network.Now;
        await gone.PowerOffAsync(Test);
        var answer = await cluster.WithinPatienceAsync("another answers", ct => asker.FirstAsync(h => h != "node1", lost, ct), Test);
        Record("host gone to first answer elsewhere", answer.ReceivedAt - lost);
        await cluster.UntilAsync(survivor, "node1 owns nothing", s => ClusterOfHosts.IsWithout(s, "node1"), Test);
        Assert.Equal(AllResources(), await EverythingSeenAsync(cluster));

        await cluster.BeHealthyAsync(Test);
        var back = await cluster.WithinPatienceAsync("node1 has it again", ct => observer.WaitForAsync(Front1, ct, "node1"), Test);
        await cluster.WithinPatienceAsync("node1 answers again", ct => asker.FirstAsync(h => h == "node1", back.At, ct), Test);
        var silence = asker.LongestSilence(answer.ReceivedAt);
        Record("silence at failback", silence);
        Assert.True(silence < cluster.Timing.DeadAfter, $"silent for {silence}");
        Assert.Equal(0, observer.DoubleSamples);
        Assert.Equal(AllResources(), await EverythingSeenAsync(cluster));
    }

    [Fact]
    public async Task LeaderGone_OwnerOfItsOwn_AnotherLeadsAndEverythingRuns()
    {
        var cluster = await hosts.HealthyAsync();
        var leader = await cluster.LeaderAsync(Test);
        using var observer = cluster.Observe();
        await cluster.DaemonOf(leader).PowerOffAsync(Test);
        var status = await cluster.UntilAllAsync(
            "another leads and everything runs",
            s => s.Cluster.Leader is { } l && l != leader && ClusterOfHosts.IsWithout(s, leader), Test);
        Assert.NotEqual(leader, status.Cluster.Leader);
        Assert.Equal(AllResources(), await EverythingSeenAsync(cluster));
        Assert.Equal(0, observer.DoubleSamples);
    }

    [Theory]
    [InlineData(TestHosts.LinkDirection.Both)]
    [InlineData(TestHosts.LinkDirection.FromHost)]
    public async Task LinkCut_Owner_ReleasesBeforeOthersTakeOver(TestHosts.LinkDirection direction)
    {
        var cluster = await hosts.HealthyAsync();
        var (cut, survivor) = (cluster.Daemons[0], cluster.Daemons[1]);
        using var observer = cluster.Observe();
        await cluster.WithinPatienceAsync("node1 has it", ct => observer.WaitForAsync(Front1, ct, "node1"), Test);
        await cut.Host.CutLinkAsync(direction, Test);
        await cluster.UntilAsync(survivor, "node1 owns nothing", s => ClusterOfHosts.IsWithout(s, "node1"), Test);
        Assert.Equal(0, observer.DoubleSamples);
        var holders = observer.Changes.Where(c => c.Address.Equals(Front1)).Select(c => string.Join('+', c.Holders)).ToArray();
        Assert.Equal(["node1", ""], holders[..2]);
        Assert.NotEqual("node1", holders[2]);
        Assert.DoesNotContain(
            (await HostView.OfAsync(cut.Host, Test)).Resources,
            r => r.StartsWith("ip:", StringComparison.Ordinal) || r.StartsWith("cron:", StringComparison.Ordinal));
        await cluster.BeHealthyAsync(Test);
        Assert.Equal(0, observer.DoubleSamples);
    }

    [Fact]
    public async Task TwoOfThreeGone_TheRest_ReleasesWhatIsExclusiveAndKeepsTheOthers()
    {
        var cluster = await hosts.HealthyAsync();
        var rest = cluster.Daemons[0];
        var before = await HostView.OfAsync(rest.Host, Test);
        using var observer = cluster.Observe();
        await Task.WhenAll(cluster.Daemons[1].PowerOffAsync(Test), cluster.Daemons[2].PowerOffAsync(Test));
        var view = await cluster.UntilSeenAsync(
            rest, "node1 has released what is exclusive",
            v => !v.Resources.Any(r => r.StartsWith("ip:", StringComparison.Ordinal) || r.StartsWith("cron:", StringComparison.Ordinal)), Test);
        var status = await cluster.UntilAsync(rest, "node1 sees no quorum", s => !s.Cluster.HasQuorum, Test);
        Assert.Equal(0, status.Cluster.LeaseRemainingMs);
        Assert.Equal(["application:worker1", "filesystem:data1", "service:web1"], view.Resources);
        Assert.Equal(before.Processes, view.Processes);
        await cluster.BeHealthyAsync(Test);
        Assert.Equal(0, observer.DoubleSamples);
        Assert.Equal(before.Processes, (await HostView.OfAsync(rest.Host, Test)).Processes);
    }

    private static IEnumerable<string> AllResources() =>
        Enumerable.Range(1, ClusterConfiguration.Nodes).SelectMany(ClusterConfiguration.AtHome).Order(StringComparer.Ordinal);

    /// <summary>A resource seen on two hosts is in it twice.</summary>
    private static async Task<IEnumerable<string>> EverythingSeenAsync(ClusterOfHosts cluster)
    {
        var seen = new List<string>();
        foreach (var daemon in cluster.Daemons.Where(d => d.Host.IsOn)) seen.AddRange((await HostView.OfAsync(daemon.Host, Test)).Resources);
        return seen.Order(StringComparer.Ordinal);
    }

    private static void Record(string what, TimeSpan time) =>
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {time.TotalMilliseconds:0} ms"));
}

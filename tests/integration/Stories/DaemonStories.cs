using System.Net;
using Drcm.Integration.Tests.Stories.Clusters;
using Xunit;

namespace Drcm.Integration.Tests.Stories;

/// <summary>The daemon ends, its host stays.</summary>
[Collection(RealHosts.Name)]
public sealed class DaemonStories(HostsFixture hosts)
{
    private static readonly IPAddress Front1 = ClusterConfiguration.AddressOf(1);

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_AllHosts_EverythingRunsAtHome()
    {
        var cluster = await hosts.HealthyAsync();
        for (var node = 1; node <= ClusterConfiguration.Nodes; node++)
        {
            var view = await HostView.OfAsync(cluster.Daemons[node - 1].Host, Test);
            Assert.Equal(ClusterConfiguration.AtHome(node), view.Resources);
        }
    }

    /// <summary>Nobody starts it again: its guard releases what is exclusive before a backup has it. The rest runs on.</summary>
    [Fact]
    public async Task DaemonKilled_NeverStartedAgain_TheGuardReleasesBeforeABackupTakesOver()
    {
        var cluster = await hosts.HealthyAsync();
        using var observer = cluster.Observe();
        await cluster.Daemons[0].KillAsync(Test);
        await cluster.UntilAllAsync("node1 owns nothing", s => ClusterOfHosts.IsWithout(s, "node1"), Test);
        var leftBehind = await HostView.OfAsync(cluster.Daemons[0].Host, Test);
        Assert.Equal(["application:worker1", "filesystem:data1", "service:web1"], leftBehind.Resources);
        await cluster.BeHealthyAsync(Test);
        await cluster.WithinPatienceAsync("node1 alone has its address", ct => observer.WaitForAsync(Front1, ct, "node1"), Test);
        Assert.Equal(0, observer.DoubleSamples);
    }

    /// <summary>A stopped process cannot let go. The kernel ends it at its deadline, and the guard releases for it.</summary>
    [Fact]
    public async Task DaemonFrozen_TheKernelEndsItAndNobodyHoldsTwice()
    {
        var cluster = await hosts.HealthyAsync();
        using var observer = cluster.Observe();
        await cluster.Daemons[0].FreezeUntilDeadAsync(Test);
        await cluster.UntilAllAsync("node1 owns nothing", s => ClusterOfHosts.IsWithout(s, "node1"), Test);
        await cluster.BeHealthyAsync(Test);
        await cluster.WithinPatienceAsync("node1 alone has its address", ct => observer.WaitForAsync(Front1, ct, "node1"), Test);
        Assert.Equal(0, observer.DoubleSamples);
    }

    [Fact]
    public async Task DaemonTerminated_AndStartedAgain_HandsOverBeforeItIsMissedAndFailsBack()
    {
        var cluster = await hosts.HealthyAsync();
        var daemon = cluster.Daemons[0];
        using var observer = cluster.Observe();
        using var asker = cluster.Network.Client.Ask(Front1);
        await cluster.WithinPatienceAsync("node1 answers", ct => asker.FirstAsync(h => h == "node1", TimeSpan.Zero, ct), Test);
        var before = (await cluster.StatusAsync(daemon, Test)).Cluster.Applied;
        var told = cluster.Network.Now;
        Assert.Equal(0, await daemon.TerminateAsync(Test));
        Assert.Empty((await HostView.OfAsync(daemon.Host, Test)).Resources);
        await cluster.WithinPatienceAsync("its backup answers", ct => asker.FirstAsync(h => h != "node1", told, ct), Test);
        Assert.True(asker.LongestSilence(told) < cluster.Timing.DeadAfter, $"silent for {asker.LongestSilence(told)}");
        await daemon.StartAsync(Test);
        await cluster.BeHealthyAsync(Test);
        await cluster.WithinPatienceAsync("node1 has it again", ct => observer.WaitForAsync(Front1, ct, "node1"), Test);
        Assert.Equal(0, observer.DoubleSamples);
        var moved = (await ClusterOfHosts.EventsAsync(daemon, Test)).First(
            e => e.Index > before && (e.Event == "node.down" || e is { Event: "resource.started", Slot: "ip:front1@node1" }));
        Assert.Equal("resource.started", moved.Event);
        Assert.Equal(ClusterConfiguration.AtHome(1), (await HostView.OfAsync(daemon.Host, Test)).Resources);
    }
}

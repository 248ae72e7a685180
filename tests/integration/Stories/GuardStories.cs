using System.Net;
using Drcm.Integration.Tests.Stories.Clusters;
using Xunit;

namespace Drcm.Integration.Tests.Stories;

/// <summary>Something happens to the guard; the daemon lives.</summary>
[Collection(RealHosts.Name)]
public sealed class GuardStories(HostsFixture hosts)
{
    private static readonly IPAddress Front1 = ClusterConfiguration.AddressOf(1);

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    /// <summary>The next guard works by the table of the one before, without a word from the daemon.</summary>
    [Fact]
    public async Task GuardKilled_ReplacedWithNothingMoving_AndTheNewOneReleasesForAKilledDaemon()
    {
        var cluster = await hosts.HealthyAsync();
        var daemon = cluster.Daemons[0];
        var before = ClusterOfHosts.Tokens(await cluster.StatusAsync(daemon, Test));
        using var observer = cluster.Observe();
        await SignalGuardAsync(cluster, daemon, "-KILL");
        Assert.Equal(before, ClusterOfHosts.Tokens(await cluster.StatusAsync(daemon, Test)));
        Assert.Equal(ClusterConfiguration.AtHome(1), (await HostView.OfAsync(daemon.Host, Test)).Resources);
        await daemon.KillAsync(Test);
        await cluster.UntilAllAsync("node1 owns nothing", s => ClusterOfHosts.IsWithout(s, "node1"), Test);
        await cluster.BeHealthyAsync(Test);
        await cluster.WithinPatienceAsync("node1 alone has its address", ct => observer.WaitForAsync(Front1, ct, "node1"), Test);
        Assert.Equal(0, observer.DoubleSamples);
    }

    [Fact]
    public async Task GuardFrozen_KilledAndReplacedWithNothingMoving()
    {
        var cluster = await hosts.HealthyAsync();
        var daemon = cluster.Daemons[1];
        var before = ClusterOfHosts.Tokens(await cluster.StatusAsync(daemon, Test));
        await SignalGuardAsync(cluster, daemon, "-STOP");
        Assert.Equal(before, ClusterOfHosts.Tokens(await cluster.StatusAsync(daemon, Test)));
        Assert.Equal(ClusterConfiguration.AtHome(2), (await HostView.OfAsync(daemon.Host, Test)).Resources);
    }

    /// <summary>Ends when the daemon has a guard with another number.</summary>
    private static async Task SignalGuardAsync(ClusterOfHosts cluster, HostDaemon daemon, string signal)
    {
        var first = await GuardOfAsync(daemon);
        Assert.NotEqual("", first);
        await daemon.Host.RunAsync(["kill", signal, first], Test);
        await cluster.WithinPatienceAsync("another guard", async ct =>
        {
            while (await GuardOfAsync(daemon) is var now && (now == "" || now == first)) await Task.Delay(20, ct);
            return true;
        }, Test);
    }

    private static async Task<string> GuardOfAsync(HostDaemon daemon) =>
        (await daemon.Host.RunAsync(["pgrep", "-o", "-f", "^drcmd guard"], Test)).Output.Trim();
}

using Drcm.Integration.Tests.Stories.Clusters;
using Drcm.StateMachine.Control;
using Drcm.TestHosts;
using Xunit;

namespace Drcm.Integration.Tests.Stories;

/// <summary>A daemon that is back before its lease ends, in a cluster whose lease is long enough for that on any machine.</summary>
[Collection(RealHosts.Name)]
public sealed class AdoptionStories
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DaemonKilled_StartedAgainWithinTheLease_AdoptsAndNothingIsTouched()
    {
        Assert.SkipUnless(TestNetwork.IsAvailable, TestNetwork.WhyUnavailable);
        await using var cluster = await ClusterOfHosts.StartAsync(
            ClusterTiming.Patient, ClusterConfiguration.Text(ClusterTiming.Patient), _ => { }, Test);
        await cluster.BeHealthyAsync(Test);
        var daemon = cluster.Daemons[0];
        var before = await cluster.StatusAsync(daemon, Test);
        var seenBefore = await HostView.OfAsync(daemon.Host, Test);
        using var observer = cluster.Observe();
        await daemon.KillAsync(Test);
        await daemon.StartAsync(Test);
        var after = await cluster.UntilAllAsync(
            "the new daemon holds a lease of its own, all at home",
            s => ClusterOfHosts.IsAtHome(s) && s.Cluster.LeaseRemainingMs > 0 && IncarnationOf(s) > IncarnationOf(before),
            Test);
        if (ClusterOfHosts.Tokens(before) != ClusterOfHosts.Tokens(after)) Assert.Fail(await cluster.TellAsync("something has moved", Test));
        var seenAfter = await HostView.OfAsync(daemon.Host, Test);
        Assert.Equal(seenBefore.Resources, seenAfter.Resources);
        Assert.Equal(seenBefore.Processes, seenAfter.Processes);
        Assert.Equal(ClusterConfiguration.Nodes, observer.Changes.Count);
        Assert.DoesNotContain(observer.Changes, c => c.Holders.Count != 1);
    }

    private static long IncarnationOf(ClusterStatus status) => status.Nodes.First(n => n.Name == "node1").Incarnation;
}

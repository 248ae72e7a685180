using Drcm.Simulation.Cluster;
using Drcm.StateMachine;
using Drcm.StateMachine.KeepAlive;
using Xunit;

namespace Drcm.Property.Tests.Nodes;

/// <summary>A host whose clock stops while its neighbours' go on (docs/timing.md, what is not covered): it wakes with a lease that looks valid, and what it had is somebody
/// else's. In a calm network the first refusal ends that.</summary>
public sealed class ClockStops
{
    /// <summary>Of the calm network of the world.</summary>
    private static readonly TimeSpan RoundTripMax = TimeSpan.FromMilliseconds(125);

    private const int Seeds = 5;

    [Fact]
    public void Wake_NetworkIsCalm_OverlapsForOneIntervalARoundTripAndSAtMost()
    {
        var timing = WorldCluster.Of(3).Timing;
        var longest = Longest(WorldRules.All);
        Assert.InRange(longest, World.Step, timing.KeepAliveInterval + RoundTripMax + timing.StopBudget);
    }

    /// <summary>O8: without refusals the lease that was left when the clock stopped goes on.</summary>
    [Fact]
    public void Wake_NobodyHeedsRefusals_OverlapsLongerThanWithThem() => Assert.True(
        Longest(WorldRules.All with { Protocol = ProtocolRules.All with { RefusalReleases = false } }) > Longest(WorldRules.All));

    private static TimeSpan Longest(WorldRules rules)
    {
        var longest = TimeSpan.Zero;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            var story = ClusterStory.Parse($"cluster seed={seed} nodes=3 snapshots=0 plain\n+100 lag n2 - 12000\n+100 stop-clock n2 - 4000\n+6000 wait n1 - 1");
            var run = new ClusterRun(story, rules).Run(mustSettle: false);
            Assert.Equal("", run.Violation);
            longest = run.World.NotCovered.Values.Append(longest).Max();
        }
        return longest;
    }
}

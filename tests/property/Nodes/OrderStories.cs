using Drcm.Simulation.Cluster;
using Drcm.StateMachine;
using Drcm.StateMachine.Guarding;
using Xunit;

namespace Drcm.Property.Tests.Nodes;

/// <summary>What a node orders of its guard and of its own deadline timer (O16, O17). That nothing acquiring begins under a wrong order is checked in every
/// run of the world.</summary>
public sealed class OrderStories
{
    private static readonly NodeId N1 = new("n1");

    [Fact]
    public void Lease_Held_OrderIsHalfAStopBudgetBehindItAndNotAcknowledged()
    {
        var world = ClusterStories.Settled();
        var host = world.Hosts[N1];
        Assert.False(host.Order.IsAcknowledged);
        Assert.Equal(ReleaseSchedule.Deadline(host.LeaseEnd!.Value, world.Definition.Timing.StopBudget), host.Order.Deadline);
    }

    [Fact]
    public void Lease_EndsAndEverythingIsStopped_Acknowledged()
    {
        var world = ClusterStories.Settled();
        var host = world.Hosts[N1];
        foreach (var other in world.Hosts.Keys.Where(o => o != N1))
        {
            world.Network.Cut(N1, other, TimeSpan.FromHours(1));
            world.Network.Cut(other, N1, TimeSpan.FromHours(1));
        }
        var before = host.Order.Deadline;
        Assert.True(world.RunUntil(() => host.Order.IsAcknowledged, world.Definition.Timing.DeadAfter), ClusterStories.Failure(world));
        Assert.InRange(host.Order.Deadline!.Value, host.Clock, before!.Value + world.Definition.Timing.Lease);
    }

    /// <summary>Without a guard nothing exclusive is started; the rest is.</summary>
    [Fact]
    public void GuardGone_NodeReturns_StartsNothingExclusiveUntilItIsBack()
    {
        var world = ClusterStories.Settled();
        var host = world.Hosts[N1];
        host.HasNoGuard = true;
        host.PowerOff(TimeSpan.FromSeconds(5));
        world.RunFor(TimeSpan.FromSeconds(20));
        Assert.Equal("", world.Violation);
        Assert.DoesNotContain(world.Definition.Resources, r => r.IsExclusive && host.Runs(r.Id));
        host.HasNoGuard = false;
        Assert.True(world.RunUntil(world.IsSettled, TimeSpan.FromSeconds(60)), ClusterStories.Failure(world));
    }
}

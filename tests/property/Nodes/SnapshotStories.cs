using Drcm.Simulation.Cluster;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Xunit;

namespace Drcm.Property.Tests.Nodes;

/// <summary>A node that comes by a snapshot does what one does that has read every entry.</summary>
public sealed class SnapshotStories
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private static readonly NodeId N2 = new("n2");

    [Fact]
    public void Restart_FromASnapshotOfEverything_AdoptsAndNothingMoves()
    {
        var world = Settled(new ResourceId(ResourceKind.Ip, "none"));
        var tokens = world.Truth.Slots.Values.Select(s => s.Token).ToArray();
        foreach (var host in world.Hosts.Values)
        {
            host.CompactAll();
            host.KillDaemon(TimeSpan.FromMilliseconds(300));
            world.RunFor(TimeSpan.FromSeconds(4));
        }
        Assert.Equal("", world.Violation);
        Assert.Equal(tokens, world.Truth.Slots.Values.Select(s => s.Token));
        Assert.True(world.IsSettled(), ClusterStories.Failure(world));
    }

    [Fact]
    public void FrozenOwner_ReturnsByASnapshotOfWhatItMissed_ReleasesAndComesBack()
    {
        var world = Settled(new ResourceId(ResourceKind.Ip, "none"));
        world.Snapshots = 100;
        world.Hosts[N2].Pause(TimeSpan.FromSeconds(8));
        Assert.True(world.RunUntil(() => world.Truth.Nodes[N2].Status == NodeStatus.Down, Soon), ClusterStories.Failure(world));
        Assert.True(
            world.RunUntil(() => world.Truth.Nodes[N2].Status == NodeStatus.Up && world.IsSettled(), Soon), ClusterStories.Failure(world));
        Assert.Contains("n2 restores a snapshot", world.Story, StringComparison.Ordinal);
    }

    /// <summary>The log begins with a snapshot in which the resource has left the configuration: what is left of it on the node tells how to stop it.</summary>
    [Fact]
    public void ResourceThatLeftTheConfiguration_DaemonBackByASnapshot_IsStoppedStill()
    {
        var gone = new ResourceId(ResourceKind.Application, "app2");
        var world = Settled(gone);
        var owner = world.Hosts[N2];
        owner.KillDaemon(TimeSpan.FromMilliseconds(400));
        world.Log.Configure(WorldCluster.Without(world.Definition, gone));
        Assert.True(world.Truth.Slots.Values.Single(s => s.Id.Resource == gone).IsRetired);
        owner.CompactAll();
        Assert.True(owner.Runs(gone), "the story is about something that still runs");
        Assert.True(
            world.RunUntil(() => !owner.Runs(gone) && world.Truth.Slots.Values.All(s => s.Id.Resource != gone), Soon), ClusterStories.Failure(world));
        Assert.Contains("n2 stopped application:app2", world.Story, StringComparison.Ordinal);
    }

    private static World Settled(ResourceId notExclusive)
    {
        var definition = WorldCluster.Of(3);
        var world = new World(
            seed: 7,
            definition with { Resources = [.. definition.Resources.Select(r => r.Id == notExclusive ? r with { IsExclusive = false } : r)] },
            WorldRules.All);
        Assert.True(world.RunUntil(world.IsSettled, Soon), ClusterStories.Failure(world));
        return world;
    }
}

using Drcm.Simulation.Cluster;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;
using Xunit;

namespace Drcm.Property.Tests.Nodes;

/// <summary>A node that is down and may still run something exclusive, on the real cores of three nodes under virtual time.</summary>
public sealed class FencingStories
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private static readonly NodeId Owner = new("n3");
    private static readonly SlotId App = new(new ResourceId(ResourceKind.Application, "app3"), Owner);

    [Fact]
    public void CutOff_WithAFenceAgent_FencedOnceThenTakenOver()
    {
        var world = Settled("fence_test, ip=192.0.2.9, password=secret");
        world.Hosts[Owner].PowerOff(TimeSpan.FromHours(1));
        Assert.True(world.RunUntil(() => IsTakenOver(world), Soon), ClusterStories.Failure(world));
        Assert.Equal([Owner], world.Fenced);
        Assert.DoesNotContain("secret", world.Story, StringComparison.Ordinal);
        world.RunFor(Soon);
        Assert.Single(world.Fenced);
    }

    [Fact]
    public void CutOff_WithoutAnAgent_NobodyStartsIt()
    {
        var world = Settled(null);
        world.Hosts[Owner].PowerOff(TimeSpan.FromHours(1));
        world.RunFor(TimeSpan.FromMinutes(2));
        Assert.Equal("", world.Violation);
        Assert.Equal(SlotPhase.Unknown, world.Truth.Slots[App].Phase);
        Assert.Empty(world.Fenced);
    }

    [Fact]
    public void AgentFails_TriedAgainWithAGrowingPauseAndNotMoreOftenThanTheCap()
    {
        var world = Settled("fence_test");
        world.FenceAgent = _ => "no route to the management card";
        world.Hosts[Owner].PowerOff(TimeSpan.FromHours(2));
        world.RunFor(TimeSpan.FromMinutes(20));
        Assert.Equal("", world.Violation);
        Assert.InRange(world.Fenced.Count, 3, 6);
        Assert.Equal(SlotPhase.Unknown, world.Truth.Slots[App].Phase);
        world.FenceAgent = _ => "";
        Assert.True(world.RunUntil(() => IsTakenOver(world), TimeSpan.FromMinutes(60)), ClusterStories.Failure(world));
    }

    [Fact]
    public void AgentThatLies_TheNodeIsStillHeard_NotBelieved()
    {
        var world = Settled("fence_test");
        world.FenceAgent = _ => "";
        // It hears nobody, and everybody hears it: its lease ends, and it is declared down.
        foreach (var other in world.Hosts.Keys.Where(h => h != Owner)) world.Network.Cut(other, Owner, TimeSpan.FromMinutes(1));
        Assert.True(world.RunUntil(() => world.Fenced.Count > 0, Soon), ClusterStories.Failure(world));
        world.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal("", world.Violation);
        Assert.Equal(SlotPhase.Unknown, world.Truth.Slots[App].Phase);
        Assert.Contains("was heard", world.Story, StringComparison.Ordinal);
    }

    [Fact]
    public void Delay_GivesAHeadStart()
    {
        var world = Settled("fence_test, delay=10");
        world.Hosts[Owner].PowerOff(TimeSpan.FromHours(1));
        Assert.True(world.RunUntil(() => world.Truth.Slots[App].Phase == SlotPhase.Unknown, Soon), ClusterStories.Failure(world));
        var since = world.Now;
        Assert.True(world.RunUntil(() => world.Fenced.Count > 0, Soon), ClusterStories.Failure(world));
        Assert.True(world.Now - since >= TimeSpan.FromSeconds(9.9), ClusterStories.Failure(world));
    }

    [Fact]
    public void ReturnsWithinTheDelay_NotFenced()
    {
        var world = Settled("fence_test, delay=10");
        world.Hosts[Owner].PowerOff(TimeSpan.FromSeconds(5));
        Assert.True(world.RunUntil(() => world.Truth.Slots[App].Phase == SlotPhase.Unknown, Soon), ClusterStories.Failure(world));
        Assert.True(world.RunUntil(world.IsSettled, Soon), ClusterStories.Failure(world));
        Assert.Empty(world.Fenced);
    }

    /// <summary>Whoever vouches for the death of a node that is heard has taken one host for another; the word counts when it is silent.</summary>
    [Fact]
    public void OperatorConfirms_RefusedWhileTheNodeIsHeard_ThenTakenOver()
    {
        var world = Settled(null);
        var confirm = new ConfirmFenced(Owner, "operator root");
        // It hears nobody, and everybody hears it: its lease ends, and it is declared down.
        foreach (var other in world.Hosts.Keys.Where(h => h != Owner)) world.Network.Cut(other, Owner, TimeSpan.FromMinutes(1));
        Assert.True(world.RunUntil(() => world.Truth.Nodes[Owner].Status == NodeStatus.Down, Soon), ClusterStories.Failure(world));
        Assert.Contains("n3 is heard by ", Ask(world, confirm), StringComparison.Ordinal);
        Assert.Equal(SlotPhase.Unknown, world.Truth.Slots[App].Phase);
        world.Hosts[Owner].PowerOff(TimeSpan.FromHours(1));
        world.RunFor(Soon);
        Assert.Contains("n3 cannot act any more (operator root)", Ask(world, confirm), StringComparison.Ordinal);
        Assert.True(world.RunUntil(() => IsTakenOver(world), Soon), ClusterStories.Failure(world));
    }

    private static string Ask(World world, Command command)
    {
        var leader = world.Hosts[world.Log.Leader!.Value];
        leader.Submit(command);
        Assert.True(world.RunUntil(() => leader.LastAnswer is not null, Soon), ClusterStories.Failure(world));
        var (_, _, text) = leader.LastAnswer!.Value;
        leader.LastAnswer = null;
        return text;
    }

    private static bool IsTakenOver(World world) => world.Truth.Slots[App] is { Phase: SlotPhase.Started, Owner.Value: not "n3" };

    private static World Settled(string? fence)
    {
        var text = CanonicalText.Render(WorldCluster.Of(3) with { SelfFence = SelfFence.Off });
        if (fence is not null) text = text.Replace("nodename = n3\n", $"nodename = n3\nfence = {fence}\n", StringComparison.Ordinal);
        var world = new World(seed: 11, WorldCluster.Read(text), WorldRules.All);
        Assert.True(world.RunUntil(world.IsSettled, Soon), ClusterStories.Failure(world));
        return world;
    }
}

using Drcm.Simulation.Cluster;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Reconciliation;
using Xunit;

namespace Drcm.Property.Tests.Nodes;

/// <summary>What an operator would see, on the real cores of three nodes under virtual time.</summary>
public sealed class ClusterStories
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public void Start_AllNodes_EverythingRunsAtHome()
    {
        var world = Settled();
        Assert.All(world.Truth.Slots.Values, s => Assert.Equal(s.Id.Home, s.Owner));
    }

    [Fact]
    public void PowerOff_OwnerAndLeader_BackupsTakeOverWithinTheBudget()
    {
        var world = Settled();
        var leader = world.Log.Leader!.Value;
        var deadAfter = world.Definition.Timing.DeadAfter;
        world.Hosts[leader].PowerOff(TimeSpan.FromHours(1));
        Assert.True(world.RunUntil(() => OnlyReleasingOn(world, leader), deadAfter * 2), Failure(world));
        var app = world.Definition.Resources.First(r => r.Id.Kind == ResourceKind.Application);
        var wait = ReleaseRules.HoldBack(ReleaseRules.BudgetOf(app, world.Definition.SelfFence), world.Definition.Timing.StopBudget);
        Assert.True(world.RunUntil(() => NothingOn(world, leader) && world.IsSettled(), wait + deadAfter), Failure(world));
    }

    /// <summary>O19: what may take its time to stop is not started anywhere else before that time is over, although nothing is left of its host.</summary>
    [Fact]
    public void PowerOff_OfTheOwnerOfAnExclusiveApplication_NobodyStartsItBeforeItsReleaseBudgetIsOver()
    {
        var world = Settled();
        var app = world.Definition.Resources.First(r => r.Id == new ResourceId(ResourceKind.Application, "app3"));
        var slot = new SlotId(app.Id, new NodeId("n3"));
        var wait = ReleaseRules.HoldBack(ReleaseRules.BudgetOf(app, world.Definition.SelfFence), world.Definition.Timing.StopBudget);
        world.Hosts[new NodeId("n3")].PowerOff(TimeSpan.FromHours(1));
        Assert.True(world.RunUntil(() => world.Truth.Slots[slot].Phase == SlotPhase.Releasing, Soon), Failure(world));
        var died = world.Now;
        world.RunFor(wait / 2);
        world.Log.LoseLeader();
        Assert.True(world.RunUntil(() => world.Hosts.Values.Any(h => h.Runs(app.Id)), wait + Soon), Failure(world));
        // The second leader began anew.
        Assert.True(world.Now - died > wait * 1.4, Failure(world));
    }

    [Fact]
    public void PowerOff_AndReturn_FailsBack()
    {
        var world = Settled();
        world.Hosts[new NodeId("n2")].PowerOff(TimeSpan.FromSeconds(5));
        world.RunFor(TimeSpan.FromSeconds(6));
        Assert.True(world.RunUntil(() => AllAtHome(world) && world.IsSettled(), Soon), Failure(world));
    }

    [Fact]
    public void KillDaemon_RestartedWithinTheLease_AdoptsAndNothingMoves()
    {
        var world = Settled();
        var tokens = Tokens(world);
        world.Hosts[new NodeId("n2")].KillDaemon(TimeSpan.FromMilliseconds(300));
        world.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal("", world.Violation);
        Assert.Equal(tokens, Tokens(world));
        Assert.True(world.IsSettled(), Failure(world));
    }

    [Fact]
    public void Shutdown_OneNode_HandsOverBeforeItLeaves()
    {
        var world = Settled();
        var leaving = world.Hosts[new NodeId("n3")];
        leaving.Shutdown();
        Assert.True(world.RunUntil(() => leaving.HasLeft, TimeSpan.FromSeconds(2)), Failure(world));
        Assert.True(leaving.Runs(new ResourceId(ResourceKind.Service, "web")), "keep_services keeps it");
        Assert.All(
            world.Truth.Slots.Values.Where(s => s.Id.Resource.Kind != ResourceKind.Service),
            s => Assert.NotEqual(leaving.Id, s.Owner));
        Assert.True(world.RunUntil(world.IsSettled, Soon), Failure(world));
    }

    [Fact]
    public void Shutdown_OfTheLeader_TheHeirsHaveReadWhatIsTheirsBeforeItLeaves()
    {
        var world = Settled();
        world.Heartbeat = TimeSpan.FromMilliseconds(120);
        var leaving = world.Hosts[world.Log.Leader!.Value];
        leaving.Shutdown();
        Assert.True(world.RunUntil(() => leaving.HasLeft, Soon), Failure(world));
        var exclusive = world.Definition.Resources.Where(r => r.IsExclusive).Select(r => r.Id).ToHashSet();
        Assert.All(
            world.Hosts.Values.Where(h => h != leaving),
            h => Assert.All(h.Projection!.Slots.Values.Where(s => exclusive.Contains(s.Id.Resource)), s => Assert.NotEqual(leaving.Id, s.Owner)));
    }

    [Fact]
    public void TwoOfThreeGone_TheRestReleasesWhatIsExclusiveAndKeepsTheRest()
    {
        var world = Settled();
        world.Hosts[new NodeId("n1")].PowerOff(TimeSpan.FromHours(1));
        world.Hosts[new NodeId("n2")].PowerOff(TimeSpan.FromHours(1));
        world.RunFor(TimeSpan.FromSeconds(5));
        var rest = world.Hosts[new NodeId("n3")];
        Assert.All(
            world.Definition.Resources, r => Assert.Equal(!r.IsExclusive, rest.Runs(r.Id)));
    }

    [Fact]
    public void Disturbed_RunningAddress_IsMonitoredAtOnceAndStartedAgain()
    {
        var world = Settled();
        var address = new ResourceId(ResourceKind.Ip, "ip1");
        var host = world.Hosts[new NodeId("n1")];
        var done = new List<ActionKind>();
        world.RunFor(TimeSpan.FromSeconds(4));
        var tokens = Tokens(world);
        host.Answers = r =>
        {
            if (r.Resource.Id != address) return ActionOutcome.Succeeded;
            done.Add(r.Kind);
            return r.Kind == ActionKind.Monitor && done.Count == 1 ? ActionOutcome.Failed : ActionOutcome.Succeeded;
        };
        host.Disturb(address);
        world.RunUntil(() => done.Count >= 2, TimeSpan.FromMilliseconds(500));
        Assert.Equal([ActionKind.Monitor, ActionKind.Start], done.Take(2));
        Assert.Equal(tokens, Tokens(world));
    }

    [Fact]
    public void StartFails_PastTheThreshold_MovesToTheBackup()
    {
        var world = Settled();
        var broken = new ResourceId(ResourceKind.Ip, "ip1");
        foreach (var host in world.Hosts.Values)
        {
            host.Answers = r => r.Resource.Id == broken && host.Id.Value == "n1" && r.Kind is ActionKind.Start or ActionKind.Monitor
                ? ActionOutcome.Failed
                : ActionOutcome.Succeeded;
        }
        var slot = new SlotId(broken, new NodeId("n1"));
        Assert.True(
            world.RunUntil(() => world.Truth.Slots[slot] is { Phase: SlotPhase.Started, Owner.Value: not "n1" }, TimeSpan.FromMinutes(3)),
            Failure(world));
    }

    /// <summary>As <see cref="StartFails_PastTheThreshold_MovesToTheBackup"/>, but every node hears the same stranger: nobody becomes ineligible, and its home has it
    /// again when the stranger has gone.</summary>
    [Fact]
    public void StrangerHasTheAddress_ForMinutes_CountsAgainstNobodyAndStartsAtHomeWhenHeHasGone()
    {
        var world = Settled();
        var taken = new ResourceId(ResourceKind.Ip, "ip1");
        var (isThere, refusals) = (true, 0);
        foreach (var host in world.Hosts.Values) host.Answers = Answer;
        var slot = new SlotId(taken, new NodeId("n1"));
        world.Hosts[slot.Home].KillDaemon(TimeSpan.FromSeconds(5));
        Assert.True(world.RunUntil(() => refusals > 0, Soon), Failure(world));
        world.RunFor(TimeSpan.FromMinutes(3));
        Assert.InRange(refusals, 5, 20);
        Assert.Equal((0, "start failed: as told"), (world.Truth.Slots[slot].Failures.Count, world.Truth.Slots[slot].LastFailure));
        isThere = false;
        Assert.True(world.RunUntil(() => world.Truth.Slots[slot] is { Phase: SlotPhase.Started, Owner: { } now } && now == slot.Home, TimeSpan.FromMinutes(1)), Failure(world));

        ActionOutcome Answer(ActionRequest request)
        {
            if (!isThere || request.Resource.Id != taken || request.Kind != ActionKind.Start) return ActionOutcome.Succeeded;
            refusals++;
            return ActionOutcome.Conflicted;
        }
    }

    [Fact]
    public void StopFails_SlotStaysUnknownAndNobodyElseStartsIt()
    {
        var world = Settled();
        var stuck = new ResourceId(ResourceKind.Ip, "ip1");
        world.Hosts[new NodeId("n1")].Answers = r => r.Resource.Id == stuck && r.Kind == ActionKind.Stop
            ? ActionOutcome.TimedOut
            : ActionOutcome.Succeeded;
        world.Hosts[new NodeId("n1")].Shutdown();
        world.RunFor(TimeSpan.FromSeconds(8));
        Assert.Equal("", world.Violation);
        Assert.Equal(SlotPhase.Unknown, world.Truth.Slots[new SlotId(stuck, new NodeId("n1"))].Phase);
    }

    [Fact]
    public void StopFails_NotExclusive_ComesToRest()
    {
        var world = Loose();
        var loose = new ResourceId(ResourceKind.Application, "app1");
        foreach (var host in world.Hosts.Values)
            host.Answers = r => r.Resource.Id == loose && r.Kind == ActionKind.Stop ? ActionOutcome.Failed : ActionOutcome.Succeeded;
        world.Hosts[new NodeId("n1")].KillDaemon(TimeSpan.FromSeconds(5));
        world.RunFor(TimeSpan.FromSeconds(60));
        var entries = world.Log.Count;
        world.RunFor(TimeSpan.FromSeconds(60));
        Assert.InRange(world.Log.Count - entries, 0, 5);
        Assert.Equal(SlotPhase.Started, world.Truth.Slots[new SlotId(loose, new NodeId("n1"))].Phase);
    }

    [Fact]
    public void Shutdown_StopKeepsFailing_LeavesAllTheSame()
    {
        var world = Loose();
        var leaving = world.Hosts[new NodeId("n1")];
        leaving.Answers = r => r.Resource.Id.Kind == ResourceKind.Application && r.Kind == ActionKind.Stop
            ? ActionOutcome.Failed
            : ActionOutcome.Succeeded;
        leaving.Shutdown();
        Assert.True(world.RunUntil(() => leaving.HasLeft, TimeSpan.FromSeconds(40)), Failure(world));
    }

    [Fact]
    public void Trouble_OfOneNode_HandsOverInOrderAndTakesItsSlotsAgainAfterAWhile()
    {
        var world = Settled();
        var troubled = world.Hosts[new NodeId("n2")];
        troubled.Trouble = "its run directory cannot be written: no space left";
        Assert.True(
            world.RunUntil(() => world.Truth.Slots.Values.All(s => s.Owner != troubled.Id || s.Id.Resource.Kind == ResourceKind.Service), Soon), Failure(world));
        Assert.Equal(NodeStatus.Up, world.Truth.Nodes[troubled.Id].Status);
        Assert.Contains("no space left", world.Truth.Nodes[troubled.Id].Reason, StringComparison.Ordinal);
        troubled.Trouble = "";
        world.RunFor(World.TroubleMemory - TimeSpan.FromMilliseconds(500));
        Assert.False(AllAtHome(world), "it was believed too soon");
        Assert.True(world.RunUntil(() => AllAtHome(world) && world.IsSettled(), TimeSpan.FromSeconds(40)), Failure(world));
    }

    [Fact]
    public void Trouble_OfAMoment_MovesNothing()
    {
        var world = Settled();
        var tokens = Tokens(world);
        world.Hosts[new NodeId("n2")].Trouble = "a write failed";
        world.RunFor(TimeSpan.FromMilliseconds(600));
        world.Hosts[new NodeId("n2")].Trouble = "";
        world.RunFor(TimeSpan.FromSeconds(10));
        Assert.Equal(tokens, Tokens(world));
    }

    [Fact]
    public void Configure_ResourceGone_ItIsStoppedAndNothingElseMoves()
    {
        var world = Settled();
        var gone = new ResourceId(ResourceKind.Application, "app2");
        world.Hosts[world.Log.Leader!.Value].Submit(WorldCluster.Configure(WorldCluster.Without(world.Definition, gone)));
        Assert.True(
            world.RunUntil(() => world.Hosts.Values.All(h => !h.Runs(gone)) && world.Truth.Slots.Values.All(s => s.Id.Resource != gone), Soon),
            Failure(world));
        Assert.True(world.RunUntil(world.IsSettled, Soon), Failure(world));
    }

    [Fact]
    public void NewFileOnOneNode_ClusterRunsOnByTheLogs()
    {
        var world = Settled();
        var gone = new ResourceId(ResourceKind.Application, "app2");
        var host = world.Hosts[new NodeId("n1")];
        host.Definition = WorldCluster.Without(world.Definition, gone);
        host.KillDaemon(TimeSpan.FromMilliseconds(200));
        world.RunFor(TimeSpan.FromSeconds(10));
        Assert.Contains(world.Truth.Slots.Values, s => s.Id.Resource == gone && s.Phase == SlotPhase.Started);
    }

    internal static World Settled() => Settled(WorldCluster.Of(3));

    /// <summary>Applications are not exclusive, as in a file without [CM_OPTIONS].</summary>
    private static World Loose()
    {
        var definition = WorldCluster.Of(3);
        return Settled(definition with { Resources = [.. definition.Resources.Select(r => r.Id.Kind == ResourceKind.Application ? r with { IsExclusive = false } : r)] });
    }

    internal static World Settled(ClusterDefinition definition)
    {
        var world = new World(seed: 7, definition, WorldRules.All);
        Assert.True(world.RunUntil(() => world.IsSettled() && AllAtHome(world), Soon), Failure(world));
        return world;
    }

    private static bool OnlyReleasingOn(World world, NodeId node) => world.Truth.Slots.Values.All(s =>
        s.Owner == node ? s.Phase == SlotPhase.Releasing : s.Phase == SlotPhase.Started || s.Id.Resource.Kind == ResourceKind.Service);

    private static bool NothingOn(World world, NodeId node) => world.Truth.Slots.Values.All(s => s.Owner != node);

    private static bool AllAtHome(World world) => world.Truth.Slots.Values.All(s => s.Owner == s.Id.Home);

    private static IReadOnlyList<long> Tokens(World world) => [.. world.Truth.Slots.Values.Select(s => s.Token.Value)];

    internal static string Failure(World world) => $"{world.Violation}\n{world.Story}";
}

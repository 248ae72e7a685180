using Drcm.Property.Tests.KeepAlive.World;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.KeepAlive;
using Xunit;

namespace Drcm.Property.Tests.KeepAlive;

/// <summary>Random schedules over real lease cores: safe at every tick, then healed and required to go on.</summary>
public sealed class LeaseWorldTests(ITestOutputHelper output)
{
    private const int FaultyTicks = 500;

    /// <summary>Four times D to expire and to be readmitted, and as much again for what was under way.</summary>
    private const int CalmTicks = 200;

    /// <summary>More for a long search: <c>DRCM_SEEDS</c>.</summary>
    private static readonly ulong SeedsPerRun =
        ulong.TryParse(Environment.GetEnvironmentVariable("DRCM_SEEDS"), out var seeds) ? seeds : 60;

    private const int SeedsPerVariant = 400;

    /// <summary>A broken protocol and the first seed tried: for the rare finds one near a known find, to save time.</summary>
    public static TheoryData<string, ulong> Variants => new()
    {
        { "lease longer than D", 60 },
        { "one voter declares death", 50 },
        { "reports of other tokens and runs count", 100 },
        { "stopped is not final", 260 },
        { "stopped is said while a start action is alive", 1 },
        { "a start action outlives the lease", 800 },
        { "acts before its node.started", 60 },
        { "lease by one voter", 20 },
        { "lease from the acknowledgement's arrival", 700 },
        { "voter acknowledges what it has expired", 75 },
        { "returns without knowing of its death, epoch not echoed", 400 },
        { "lagging node expired at once", 40 },
        { "a pause stops the host's clock", 30 },
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AtMostOneHostRunsIt_AnyFaults_AndItRunsAgainWhenTheyEnd(bool secondPath)
    {
        var first = secondPath ? 1_000_000UL : 1;
        for (var seed = first; seed < first + SeedsPerRun; seed++)
        {
            var world = Run(seed, WorldRules.All with { SecondPath = secondPath });
            Assert.True(world.Violation is null, Tell(seed, world));
            world.Heal();
            for (var i = 0; i < CalmTicks && !world.HasCalmState; i++) world.Step();
            Assert.True(world.Violation is null && world.HasCalmState, Tell(seed, world));
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void TwoHostsRunIt_RuleSwitchedOff_IsFound(string variant, ulong first)
    {
        for (var seed = first; seed < first + SeedsPerVariant; seed++)
        {
            if (Run(seed, RulesOf(variant)).Violation is not { } violation) continue;
            output.WriteLine($"{variant}: found with seed {seed}: {violation}");
            return;
        }
        Assert.Fail($"{variant}: not found with seeds {first} to {first + SeedsPerVariant - 1}");
    }

    /// <summary>O6. Voter n2 loses n3, the owner, and reports it. Then n2's daemon restarts (or n3's), n2 hears n3 again, and nothing of n2 reaches the
    /// leader n1 any more. When n1 loses n3 as well, the promise counts, kept or not.</summary>
    [Theory]
    [InlineData("n2", true, false)]
    [InlineData("n2", false, true)]
    [InlineData("n3", true, false)]
    [InlineData("n3", false, true)]
    public void TwoHostsRunIt_RestartAfterAReport_OnlyIfTheVoterForgetsItsPromise(string restarts, bool rule, bool twice)
    {
        var core = restarts == "n2" ? ProtocolRules.All with { PromiseKept = rule } : ProtocolRules.All with { PromisePerNode = rule };
        var world = new LeaseWorld(1, WorldRules.All with { Core = core }, isCalm: true);
        Pass(world, 60);
        world.MoveTo(Cluster3.N3);
        Pass(world, 60);
        Assert.NotNull(world.Nodes[2].Running);

        world.Cut(Cluster3.N3, Cluster3.N2);
        Pass(world, 30);
        world.Cut(Cluster3.N2, Cluster3.N1);
        world.Kill(new NodeId(restarts), 2);
        world.Mend(Cluster3.N3, Cluster3.N2);
        Pass(world, 20);
        world.Cut(Cluster3.N3, Cluster3.N1);
        world.CutLog(Cluster3.N3);
        for (var i = 0; i < 60 && world.StatusOf(Cluster3.N3) == NodeStatus.Up; i++) world.Step();
        Assert.Equal(NodeStatus.Down, world.StatusOf(Cluster3.N3));
        world.Cut(Cluster3.N2, Cluster3.N3);
        world.Mend(Cluster3.N2, Cluster3.N1);
        Pass(world, 60);
        Assert.True(twice == world.Violation is not null, Tell(1, world));
    }

    private static void Pass(LeaseWorld world, int ticks)
    {
        for (var i = 0; i < ticks; i++) world.Step();
    }

    private static LeaseWorld Run(ulong seed, WorldRules rules)
    {
        var world = new LeaseWorld(seed, rules);
        while (world.Tick < FaultyTicks && world.Violation is null) world.Step();
        return world;
    }

    private static WorldRules RulesOf(string variant)
    {
        var (all, core) = (WorldRules.All, ProtocolRules.All);
        return variant switch
        {
            "lease longer than D" => all with { LeaseFits = false },
            "one voter declares death" => all with { MajorityDeclares = false },
            "reports of other tokens and runs count" => all with { ReportsAreExact = false },
            "stopped is not final" => all with { StoppedIsFinal = false },
            "stopped is said while a start action is alive" => all with { StoppedMeansGone = false },
            "a start action outlives the lease" => all with { StartsDieWithTheLease = false },
            "acts before its node.started" => all with { IntroducesItself = false },
            "lease by one voter" => all with { Core = core with { MajorityLease = false } },
            "lease from the acknowledgement's arrival" => all with { Core = core with { LeaseFromSendTime = false } },
            "voter acknowledges what it has expired" => all with { Core = core with { ExpiryWithholds = false } },
            "returns without knowing of its death, epoch not echoed" => all with
            {
                ReturnsInformed = false,
                Core = core with { EpochEchoed = false },
            },
            "lagging node expired at once" => all with { Core = core with { LagSafe = false } },
            "a pause stops the host's clock" => all with { ClocksRun = false },
            _ => throw new ArgumentException(variant),
        };
    }

    private static string Tell(ulong seed, LeaseWorld world) =>
        $"seed {seed}: {world.Violation ?? "it does not run again"}\n{string.Join('\n', world.Story.TakeLast(60))}";
}

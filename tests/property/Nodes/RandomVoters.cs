using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Xunit;

namespace Drcm.Property.Tests.Nodes;

/// <summary>Random faults while operators apply configurations that change voters, and spools are wiped: safe at every step, then healed, and the voters and
/// members that the newest configuration wants are there within a bound. <c>DRCM_SEED</c> and <c>DRCM_SEEDS</c> as in <see cref="RandomFaults"/>.</summary>
public sealed class RandomVoters
{
    private const int SeedsDefault = 20;
    private static readonly TimeSpan FaultTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HealTime = TimeSpan.FromSeconds(120);
    private static readonly string[][] VoterSets =
        [["n1", "n2", "n3"], ["n1", "n2", "n3", "n4", "n5"], ["n3", "n4", "n5"], ["n1", "n3", "n5", "n4"], ["n2", "n4"]];

    [Fact]
    public void AtMostOneOwnerPerResource_ThenTheWantedVotersVote()
    {
        var first = ulong.TryParse(Environment.GetEnvironmentVariable("DRCM_SEED"), out var one) ? one : 1;
        var count = int.TryParse(Environment.GetEnvironmentVariable("DRCM_SEEDS"), out var n) ? n : SeedsDefault;
        if (one > 0) count = 1;
        for (var seed = first; seed < first + (ulong)count; seed++) Run(seed);
    }

    private static void Run(ulong seed)
    {
        var definition = WorldCluster.Of(5);
        var world = new World(seed, WorldCluster.WithVoters(definition, VoterSets[seed % 2]), WorldRules.All);
        world.RunFor(TimeSpan.FromSeconds(5));
        for (var end = world.Now + FaultTime; world.Now < end && world.Violation.Length == 0;)
        {
            world.RunFor(TimeSpan.FromMilliseconds(50 + world.Random.Below(800)));
            if (world.Percent() < 20) Apply(world, definition);
            else if (world.Percent() < 15) WipeOne(world);
            else RandomFaults.Fault(world);
        }
        world.Heal();
        var isSettled = world.RunUntil(() => world.IsSettled() && HasWhatIsWanted(world), HealTime);
        Assert.True(isSettled && world.Violation.Length == 0, $"seed {seed}: {(isSettled ? "" : "does not settle ")}{ClusterStories.Failure(world)}");
    }

    private static void Apply(World world, ClusterDefinition definition)
    {
        if (world.Log.Leader is not { } leader) return;
        var voters = VoterSets[(int)world.Random.Below(VoterSets.Length)];
        var timing = world.Percent() < 50 ? definition : VoterStories.Faster(definition);
        world.Say($"operator: voters {string.Join(' ', voters)}, D {timing.Timing.DeadAfter.TotalMilliseconds} ms");
        world.Hosts[leader].Submit(WorldCluster.Configure(WorldCluster.WithVoters(timing, voters)));
    }

    /// <summary>Spools are lost one at a time, and never so that the rest is no majority: no log outlives that.</summary>
    private static void WipeOne(World world)
    {
        var hosts = world.Hosts.Values.ToArray();
        var isWhole = hosts.All(h => !world.Log.Members.ContainsKey(h.Id) || world.Log.IsMember(h));
        if (isWhole && world.Log.Members.Count > 2) hosts[(int)world.Random.Below(hosts.Length)].Wipe(TimeSpan.FromMilliseconds(50 + world.Random.Below(2000)));
    }

    private static bool HasWhatIsWanted(World world) =>
        StateMachine.Cluster.Topology.Of(world.Truth.Definition!).WantedVoters is var wanted
        && world.Truth.Voters.SetEquals(wanted)
        && wanted.SetEquals(world.Log.Members.Keys)
        && world.Hosts.Values.All(h => !world.Log.Members.ContainsKey(h.Id) || world.Log.IsMember(h));
}

using Drcm.StateMachine;
using Xunit;

namespace Drcm.Property.Tests.Nodes;

/// <summary>Random faults on the real cores: safety at every step, then everything is healed and must settle within a bound. A failure prints its seed;
/// <c>DRCM_SEED=n</c> runs that one alone, <c>DRCM_SEEDS=n</c> runs more.</summary>
public sealed class RandomFaults
{
    private const int SeedsDefault = 25;
    private static readonly TimeSpan FaultTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HealTime = TimeSpan.FromSeconds(90);

    [Fact]
    public void AtMostOneOwnerPerResource_ThenEverySlotOwned()
    {
        var first = ulong.TryParse(Environment.GetEnvironmentVariable("DRCM_SEED"), out var one) ? one : 1;
        var count = int.TryParse(Environment.GetEnvironmentVariable("DRCM_SEEDS"), out var n) ? n : SeedsDefault;
        if (one > 0) count = 1;
        for (var seed = first; seed < first + (ulong)count; seed++) Run(seed, WorldRules.All, mustSettle: true);
    }

    /// <param name="snapshots">Percent; null: the seed says.</param>
    internal static World Run(ulong seed, WorldRules rules, bool mustSettle, int? snapshots = null)
    {
        var world = new World(seed, WorldCluster.Of(3 + ((int)(seed % 2) * 2)), rules) { Snapshots = snapshots ?? (int)(seed % 3) * 40 };
        world.RunFor(TimeSpan.FromSeconds(5));
        for (var end = world.Now + FaultTime; world.Now < end && world.Violation.Length == 0;)
        {
            world.RunFor(TimeSpan.FromMilliseconds(50 + world.Random.Below(800)));
            Fault(world);
        }
        if (!mustSettle) return world;
        world.Heal();
        var isSettled = world.RunUntil(world.IsSettled, HealTime);
        Assert.True(isSettled && world.Violation.Length == 0, $"seed {seed}: {(isSettled ? "" : "does not settle ")}{ClusterStories.Failure(world)}");
        return world;
    }

    internal static void Fault(World world)
    {
        var hosts = world.Hosts.Values.ToArray();
        var host = hosts[(int)world.Random.Below(hosts.Length)];
        var duration = TimeSpan.FromMilliseconds(100 + world.Random.Below(6000));
        switch (world.Percent())
        {
            case < 15: host.KillDaemon(TimeSpan.FromMilliseconds(50 + world.Random.Below(3000))); break;
            case < 25: host.PowerOff(duration); break;
            case < 40: host.Pause(duration); break;
            case < 60: CutOff(world, host.Id, duration, both: true); break;
            case < 75: CutOff(world, host.Id, duration, both: false); break;
            case < 80: world.Log.LoseLeader(); break;
            case < 88: world.Loss = (int)world.Random.Below(40); break;
            default: world.Heal(); break;
        }
    }

    private static void CutOff(World world, NodeId node, TimeSpan duration, bool both)
    {
        var outward = world.Percent() < 50;
        foreach (var other in world.Hosts.Keys.Where(o => o != node && world.Percent() < 70))
        {
            if (both || outward) world.Cut(node, other, duration);
            if (both || !outward) world.Cut(other, node, duration);
        }
    }
}

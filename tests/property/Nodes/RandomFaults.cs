using Drcm.Simulation.Cluster;
using Xunit;

namespace Drcm.Property.Tests.Nodes;

/// <summary>Some of the whole-cluster simulation's seeds: random faults on the real cores, safety at every step, then everything is healed and must settle within
/// a bound. A failure prints its seed; <c>DRCM_SEED=n</c> runs that one alone, <c>DRCM_SEEDS=n</c> runs more. For many, and faster: <c>tests/simulation -- cluster</c>.</summary>
public sealed class RandomFaults
{
    private const int SeedsDefault = 20;

    [Fact]
    public void AtMostOneOwnerPerResource_ThenEverySlotOwned()
    {
        var first = ulong.TryParse(Environment.GetEnvironmentVariable("DRCM_SEED"), out var one) ? one : 1;
        var count = int.TryParse(Environment.GetEnvironmentVariable("DRCM_SEEDS"), out var n) ? n : SeedsDefault;
        if (one > 0) count = 1;
        for (var seed = first; seed < first + (ulong)count; seed++)
        {
            var run = new ClusterRun(ClusterStory.Of(seed, nodes: null, new ClusterOptions().Faulty), WorldRules.All).Run(mustSettle: true);
            Assert.True(run.Violation.Length == 0, $"seed {seed}: {run.Violation}\n{run.World.Story}\n{run.Story}");
        }
    }
}

using Drcm.Simulation.Cluster;
using Xunit;

namespace Drcm.Property.Tests.Nodes;

/// <summary>The whole-cluster simulation finds what a missing rule lets through: each way to misbehave violates within a few runs of its story, or of a seed that is
/// known to. A story does no harm while the rule is on.</summary>
public sealed class BrokenClusters
{
    /// <summary>A rule that passes them all is not broken, or not looked at.</summary>
    private const int RunsMax = 25;

    private const int RunsSound = 2;

    public static TheoryData<string> Breaks => [.. ClusterBreaks.All.Keys];

    public static TheoryData<string> Directed => [.. ClusterBreaks.All.Where(b => b.Value.Story is not null).Select(b => b.Key)];

    [Theory]
    [MemberData(nameof(Breaks))]
    public void Run_WithOneRuleBroken_IsCaught(string name) =>
        Assert.True(ClusterBreaks.Catch(name, RunsMax, out var tried) is not null, $"no violation within {tried} runs");

    [Theory]
    [MemberData(nameof(Directed))]
    public void Run_StoryOfABrokenRule_DoesNoHarmWhileTheRuleIsOn(string name)
    {
        var broken = ClusterBreaks.All[name];
        for (ulong seed = 1; seed <= RunsSound; seed++)
        {
            var run = new ClusterRun(ClusterBreak.StoryOf(broken.Story!) with { Seed = seed }, broken.Behind).Run(mustSettle: false);
            Assert.True(run.Violation.Length == 0, $"seed {seed}: {run.Violation}\n{run.World.Story}");
        }
    }
}

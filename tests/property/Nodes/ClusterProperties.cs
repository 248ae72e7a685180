using System.Runtime.CompilerServices;
using Drcm.Simulation.Cluster;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Drcm.Property.Tests.Nodes;

/// <summary>Random clusters and random histories of faults and operators' commands. What fails shrinks to a short story, printed as a file that can be kept
/// beside the others: <c>tests/property/testdata/stories</c>.</summary>
public sealed class ClusterProperties
{
    private const int Histories = 12;

    private static Arbitrary<ClusterStory> Stories { get; } = Arb.From(
        from seed in Gen.Choose(1, int.MaxValue)
        from seconds in Gen.Choose(2, 15)
        select ClusterStory.Of((ulong)seed, nodes: null, TimeSpan.FromSeconds(seconds)),
        story => story.Smaller());

    public static TheoryData<string> Kept => [.. Directory.EnumerateFiles(Folder(), "*.txt").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [FsCheck.Xunit.Property(MaxTest = Histories)]
    public FsCheck.Property AtMostOneOwnerPerResource_ThenEverySlotOwned() => Prop.ForAll(Stories, story => Violation(story).Length == 0);

    /// <summary>Shrinking is worth nothing if it does not shrink: a broken cluster leaves a story of a few lines.</summary>
    [Fact]
    public void Smaller_OfAStoryThatFails_IsAFewSteps()
    {
        var rules = ClusterBreaks.All["stopped-before-it-is"].Rules;
        var story = ClusterBreaks.Catch("stopped-before-it-is", 5, out _)!.Story;
        while (story.Smaller().FirstOrDefault(s => new ClusterRun(s, rules).Run(mustSettle: false).Violation.Length > 0) is { } smaller) story = smaller;
        Assert.InRange(story.Steps.Count, 0, 6);
        Assert.Equal(story.ToString(), ClusterStory.Parse(story.ToString()).ToString());
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public void Run_KeptStory_Holds(string file) =>
        Assert.Equal("", Violation(ClusterStory.Parse(File.ReadAllText(Path.Combine(Folder(), file)))));

    private static string Folder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "testdata", "stories"));

    private static string Violation(ClusterStory story) => new ClusterRun(story, WorldRules.All).Run(mustSettle: true).Violation;
}

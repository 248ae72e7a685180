using Xunit;

namespace Drcm.Property.Tests.Scenarios;

public sealed class ScenarioTests
{
    private const int StoriesMin = 40;

    public static TheoryData<string> Stories() =>
        [.. Directory.EnumerateFiles(Story.Folder(), "*.txt", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Story.Folder(), f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Stories))]
    public void Decide_Story_EndsAsWritten(string name)
    {
        var path = Path.Combine(Story.Folder(), name);
        var text = File.ReadAllText(path);

        var played = new StoryRun().Play(Story.Parse(text));

        if (Environment.GetEnvironmentVariable("DRCM_REWRITE") == "1" && Environment.GetEnvironmentVariable("CI") is null)
            File.WriteAllText(path, played);
        else Assert.Equal(text, played);
    }

    [Fact]
    public void Stories_InTheTree_AreManyAndSayWhyTheyMatter()
    {
        var files = Directory.GetFiles(Story.Folder(), "*.txt", SearchOption.AllDirectories);

        Assert.True(files.Length >= StoriesMin, $"{files.Length} stories");
        Assert.All(files, f => Assert.StartsWith("# ", File.ReadAllText(f)));
    }
}

using Drcm.Node.Logging;
using Xunit;

namespace Drcm.Integration.Tests.Scripts;

public sealed class RotatingFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Append_PastTheSize_NewestInTheFileOldestDropped()
    {
        using var file = new RotatingFile(_directory["x.log"], 10, 2);
        foreach (var n in Enumerable.Range(1, 5)) file.Append($"line {n}\n");
        Assert.Equal("line 5\n", File.ReadAllText(_directory["x.log"]));
        Assert.Equal("line 4\n", File.ReadAllText(_directory["x.log.1"]));
        Assert.Equal("line 3\n", File.ReadAllText(_directory["x.log.2"]));
        Assert.False(File.Exists(_directory["x.log.3"]));
    }

    [Fact]
    public void Append_KeepNone_StartsAnew()
    {
        using var file = new RotatingFile(_directory["x.log"], 10, 0);
        file.Append("line 1\n");
        file.Append("line 2\n");
        Assert.Equal("line 2\n", File.ReadAllText(_directory["x.log"]));
        Assert.Single(Directory.GetFiles(_directory.Root));
    }

    [Fact]
    public void Append_DirectoryGone_CountedAndWrittenAgainWhenItIsBack()
    {
        using var file = new RotatingFile(_directory["logs/x.log"], 10, 1);
        file.Append("lost\n");
        Assert.Equal(1, file.LostWrites);
        Assert.NotEmpty(file.LastProblem);
        _directory.Make("logs");
        file.Append("kept\n");
        Assert.Equal("kept\n", File.ReadAllText(_directory["logs/x.log"]));
    }
}

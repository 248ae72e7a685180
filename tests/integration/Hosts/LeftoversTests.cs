using Drcm.TestHosts;
using Xunit;

namespace Drcm.Integration.Tests.Hosts;

public sealed class LeftoversTests
{
    /// <summary>Process 1 exists, but did not start in the second clock tick: the maker of this is dead.</summary>
    private const string DeadName = "drcmt-1-2-1-h1";

    [Fact]
    public async Task CreateAsync_DirectoryOfADeadRun_SweptAndItsOwnGoneAtTheEnd()
    {
        Assert.SkipUnless(TestNetwork.IsAvailable, TestNetwork.WhyUnavailable);
        var test = TestContext.Current.CancellationToken;
        var directory = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), DeadName)).FullName;
        string root;
        await using (var network = await TestNetwork.CreateAsync(1, test))
        {
            root = network.Root;
            Assert.False(Directory.Exists(directory));
            Assert.True(Directory.Exists(root));
        }
        Assert.False(Directory.Exists(root));
        Assert.DoesNotContain(Directory.GetFiles("/run/netns"), f => f.Contains(Path.GetFileName(root), StringComparison.Ordinal));
        Assert.DoesNotContain(await File.ReadAllLinesAsync("/proc/self/mountinfo", test), l => l.Contains(root, StringComparison.Ordinal));
    }
}

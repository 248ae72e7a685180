using Drcm.Chaos;
using Drcm.TestHosts;
using Xunit;

namespace Drcm.Integration.Tests.Stories;

/// <summary>Random faults on real kernels; tests/chaos runs them for longer.</summary>
[Collection(RealHosts.Name)]
public sealed class ChaosStories
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OneMinute_RandomFaults_NobodyOwnsTwiceAndNothingIsLost()
    {
        Assert.SkipUnless(TestNetwork.IsAvailable, TestNetwork.WhyUnavailable);
        var report = await ChaosRun.RunAsync(new ChaosOptions(TimeSpan.FromMinutes(1), 3, Seed: 20261124), Test);
        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        Assert.True(report.IsGood, report.ToString());
        Assert.NotEqual(0, report.FaultCount);
    }

    /// <summary>The observer and the faults can show what they are there to show.</summary>
    [Theory]
    [InlineData("no-guard")]
    [InlineData("no-gate")]
    public async Task BrokenOnPurpose_OneFault_TheAddressIsOnTwoHosts(string name)
    {
        Assert.SkipUnless(TestNetwork.IsAvailable, TestNetwork.WhyUnavailable);
        var report = await ChaosRun.RunAsync(new ChaosOptions(TimeSpan.FromMinutes(1), 3, Seed: 1, Broken: name), Test);
        Assert.Contains(report.Problems, p => p.StartsWith("address, own script on two hosts", StringComparison.Ordinal));
    }
}

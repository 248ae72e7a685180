using Drcm.Simulation.Linear;
using Drcm.TestHosts;

namespace Drcm.Consensus.Tests.Linear;

/// <summary>A short run of what <c>tests/simulation -- linear</c> does for as long as one likes: real processes, real faults.</summary>
public sealed class LinearRunTests
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task History_ProcessesUnderFaults_IsLinearizable()
    {
        var run = await RunAsync(seconds: 8, "none");
        Assert.True(run.Violations.Count == 0, string.Join('\n', run.Violations.Concat(run.Recorder.Story).Concat(run.LastWords)));
        Assert.True(run.Recorder.Appends(AppendStatus.Committed) > 10 && run.Recorder.Faults.Count > 0, "hardly anything happened");
    }

    [Theory]
    [InlineData("serve-a-stale-read")]
    [InlineData("refuse-what-was-written")]
    public async Task History_MembersThatMisbehave_IsNot(string breakName) => Assert.NotEmpty((await RunAsync(seconds: 3, breakName)).Violations);

    private static async Task<LinearRun> RunAsync(int seconds, string breakName)
    {
        Assert.SkipUnless(TestNetwork.IsAvailable, TestNetwork.WhyUnavailable);
        await using var network = await TestNetwork.CreateAsync(3, Test);
        var run = new LinearRun(network, seed: 3, TimeSpan.FromSeconds(seconds), breakName);
        await run.RunAsync(Test);
        return run;
    }
}

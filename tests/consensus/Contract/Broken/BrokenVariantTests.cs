using Drcm.Consensus.Tests.Support;
using Xunit.Sdk;

namespace Drcm.Consensus.Tests.Contract.Broken;

/// <summary>The contract's checks are worth something only if each catches the engine that breaks its promise.</summary>
public sealed class BrokenVariantTests
{
    [Fact]
    public Task AcknowledgedSurvivesItsLeader_EngineAcknowledgesBeforeCommit_Caught() =>
        CaughtAsync(LogChecks.AcknowledgedSurvivesItsLeader, l => new AcknowledgesBeforeCommit(l));

    [Fact]
    public Task AcknowledgedSurvivesItsLeader_EngineLosesOne_Caught() =>
        CaughtAsync(LogChecks.AcknowledgedSurvivesItsLeader, l => new LosesOne(l));

    [Fact]
    public Task OrderedOnceEverywhere_EngineDeliversTwice_Caught() =>
        CaughtAsync(LogChecks.OrderedOnceEverywhere, l => new DeliversTwice(l));

    [Fact]
    public Task OrderedOnceEverywhere_EngineReorders_Caught() =>
        CaughtAsync(LogChecks.OrderedOnceEverywhere, l => new Reorders(l));

    [Fact]
    public Task RestartGivesTheSameStream_EngineLosesOneAfterRestart_Caught() =>
        CaughtAsync(LogChecks.RestartGivesTheSameStream, (l, hasRestarted) => hasRestarted ? new LosesOne(l) : l);

    [Fact]
    public Task StaleVersionHasNoEffect_EngineForgetsTheVersion_Caught() =>
        CaughtAsync(LogChecks.StaleVersionHasNoEffect, l => new ForgetsTheExpectedVersion(l));

    [Fact]
    public Task OneOfTwoRacersCommits_EngineForgetsTheVersion_Caught() =>
        CaughtAsync(LogChecks.OneOfTwoRacersCommits, l => new ForgetsTheExpectedVersion(l));

    [Fact]
    public Task MembersComeAndGo_EngineAddsNobody_Caught() =>
        CaughtAsync(LogChecks.MembersComeAndGo, l => new AddsNobody(l));

    [Fact]
    public Task MembersComeAndGo_EngineTakesNobodyOut_Caught() =>
        CaughtAsync(LogChecks.MembersComeAndGo, l => new TakesNobodyOut(l));

    [Fact]
    public Task FollowersReject_EngineAcceptsOnFollowers_Caught() =>
        CaughtAsync(LogChecks.FollowersReject, l => new AcceptsOnFollowers(l));

    [Fact]
    public Task UnknownIsResolvedByReading_EngineAcknowledgesBeforeCommit_Caught() =>
        CaughtAsync(LogChecks.UnknownIsResolvedByReading, l => new AcknowledgesBeforeCommit(l));

    [Fact]
    public Task ResigningHandsOver_EngineNeverResigns_Caught() =>
        CaughtAsync(LogChecks.ResigningHandsOver, l => new NeverResigns(l));

    [Fact]
    public async Task BarrierShowsWhatWasCommitted_BarrierDoesNothing_Caught()
    {
        using var limit = new Limit();
        await using var cluster = await InMemoryLogCluster.StartAsync(limit.Token);
        cluster.Shared.Lag("b");
        var sound = LogChecks.BarrierShowsWhatWasCommitted(cluster, limit.Token);
        Assert.False(sound.IsCompleted, "a sound barrier waits for the member that lags");
        cluster.Shared.CatchUp("b");
        await sound;

        cluster.Shared.Lag("b");
        await cluster["a"].AppendNextAsync(0, "not seen by b", limit.Token);
        await new BarrierDoesNothing(cluster["b"]).ReadBarrierAsync(limit.Token);
        Assert.False(cluster["b"].ReadBarrierAsync(limit.Token).AsTask().IsCompleted, "the broken barrier is seen by comparing with a sound one");
    }

    private static Task CaughtAsync(
        Func<ILogCluster, CancellationToken, Task> check, Func<IReplicatedLog, IReplicatedLog> breaking) =>
        CaughtAsync(check, (log, _) => breaking(log));

    private static async Task CaughtAsync(
        Func<ILogCluster, CancellationToken, Task> check, Func<IReplicatedLog, bool, IReplicatedLog> breaking)
    {
        using var limit = new Limit();
        await using (var sound = await InMemoryLogCluster.StartAsync(limit.Token))
        {
            await check(sound, limit.Token);
        }

        await using var cluster = new BrokenCluster(await InMemoryLogCluster.StartAsync(limit.Token), breaking);
        await Assert.ThrowsAnyAsync<XunitException>(() => check(cluster, limit.Token));
    }
}

using Drcm.Consensus.Tests.Support;

namespace Drcm.Consensus.Tests.Contract;

/// <summary>One contract for both engines.</summary>
public abstract class LogContractTests
{
    private protected abstract Task<ILogCluster> StartClusterAsync(CancellationToken cancellationToken);

    [Fact]
    public Task Read_AfterAppends_OrderedOnceEverywhere() => RunAsync(LogChecks.OrderedOnceEverywhere);

    [Fact]
    public Task LeaderStops_AfterAcknowledging_AnotherLeadsAndNothingIsLost() => RunAsync(LogChecks.AcknowledgedSurvivesItsLeader);

    [Fact]
    public Task Append_StaleVersion_HasNoEffect() => RunAsync(LogChecks.StaleVersionHasNoEffect);

    [Fact]
    public Task Append_TwoOnOneVersion_OneCommits() => RunAsync(LogChecks.OneOfTwoRacersCommits);

    [Fact]
    public Task Append_OnFollower_RejectedNamingTheLeader() => RunAsync(LogChecks.FollowersReject);

    [Fact]
    public Task Restart_EachMember_SameStream() => RunAsync(LogChecks.RestartGivesTheSameStream);

    [Fact]
    public Task ReadBarrier_AfterCommit_EntryCanBeReadEverywhere() => RunAsync(LogChecks.BarrierShowsWhatWasCommitted);

    [Fact]
    public Task Append_GivenUp_ReadingTellsItsFate() => RunAsync(LogChecks.UnknownIsResolvedByReading);

    [Fact]
    public Task Members_AddedAndTakenOut_CountFromThenOn() => RunAsync(LogChecks.MembersComeAndGo);

    [Fact]
    public Task Resign_OnLeader_LeadsNoMore() => RunAsync(LogChecks.ResigningHandsOver);

    [Fact]
    public async Task Append_EmptyOrTooLarge_Rejected()
    {
        using var limit = new Limit();
        await using var cluster = await StartClusterAsync(limit.Token);
        var leader = cluster[await cluster.LeaderAsync(limit.Token)];
        Assert.Equal(AppendStatus.Rejected, (await leader.AppendAsync(0, default, limit.Token)).Status);
        Assert.Equal(AppendStatus.Rejected, (await leader.AppendAsync(0, new byte[LogLimits.EntryBytesMax + 1], limit.Token)).Status);
        Assert.Equal(AppendStatus.Committed, (await leader.AppendAsync(0, new byte[LogLimits.EntryBytesMax], limit.Token)).Status);
    }

    private async Task RunAsync(Func<ILogCluster, CancellationToken, Task> check)
    {
        using var limit = new Limit();
        await using var cluster = await StartClusterAsync(limit.Token);
        await check(cluster, limit.Token);
    }
}

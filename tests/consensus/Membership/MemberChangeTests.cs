using Drcm.Consensus.Tests.Support;
using static Drcm.Consensus.Tests.Support.LogClusterExtensions;

namespace Drcm.Consensus.Tests.Membership;

public sealed class MemberChangeTests
{
    [Fact]
    public async Task Add_FromOneToFive_EveryoneHasEverythingAndAnyTwoMayGo()
    {
        using var limit = new Limit();
        await using var cluster = new GrowingCluster("a", "b", "c", "d", "e");
        await cluster.StartAsync(limit.Token, "a");
        var leader = await cluster.LeaderAsync(limit.Token);
        var version = await leader.AppendNextAsync(0, "alone", limit.Token);
        foreach (var name in new[] { "b", "c", "d", "e" })
        {
            await cluster.StartToJoinAsync(name, leader.LastIndex, limit.Token);
            Assert.Equal(LogRole.Learner, cluster[name].Role);
            await cluster.AddAsync(name, limit.Token);
            leader = await cluster.LeaderAsync(limit.Token);
            version = await leader.AppendNextAsync(version, $"with {name}", limit.Token);
            await cluster.AllHaveAsync(version, limit.Token);
            Assert.Equal(LogRole.Voter, cluster[name].Role);
        }

        Assert.All(cluster.Running, l => Assert.Equal(["a", "b", "c", "d", "e"], l.Members.Select(m => m.Name)));
        await cluster.StopAsync("a");
        await cluster.StopAsync("b");
        leader = await cluster.LeaderAsync(limit.Token);
        version = await leader.AppendNextAsync(version, "of three", limit.Token);
        await cluster.AllHaveAsync(version, limit.Token);
        Assert.Equal(["alone", "with b", "with c", "with d", "with e", "of three"], (await cluster["e"].ReadUpToAsync(version, limit.Token)).Select(e => e.Text()));
    }

    [Fact]
    public async Task Restart_AfterChanges_StoredMembersCountAndNotTheGivenOnes()
    {
        using var limit = new Limit();
        await using var cluster = new GrowingCluster("a", "b", "c");
        await cluster.StartAsync(limit.Token, "a");
        var leader = await cluster.LeaderAsync(limit.Token);
        foreach (var name in new[] { "b", "c" })
        {
            await cluster.StartToJoinAsync(name, leader.LastIndex, limit.Token);
            await cluster.AddAsync(name, limit.Token);
        }

        foreach (var name in new[] { "a", "b", "c" })
        {
            await cluster.StopAsync(name);
        }

        await cluster.StartAsync(limit.Token, "a");
        Assert.Equal(3, cluster["a"].Members.Count);
        Assert.False(cluster["a"].Leadership.IsSelf);
        await cluster.StartToJoinAsync("b", 0, limit.Token);
        leader = await cluster.LeaderAsync(limit.Token);
        var version = await leader.AppendNextAsync(0, "two of three", limit.Token);
        await cluster.AllHaveAsync(version, limit.Token);
    }

    [Fact]
    public async Task Remove_DownToOne_TheOneGoesOnAloneAndAfterARestart()
    {
        using var limit = new Limit();
        await using var cluster = new GrowingCluster("a", "b", "c");
        await cluster.StartAsync(limit.Token, "a", "b", "c");
        await cluster.RemoveAsync("b", limit.Token);
        await cluster.RemoveAsync("c", limit.Token);
        await cluster.StopAsync("b");
        await cluster.StopAsync("c");
        var version = await cluster["a"].AppendNextAsync(0, "alone", limit.Token);
        await cluster.StopAsync("a");
        await cluster.StartAsync(limit.Token, "a");
        await cluster.LeaderAsync(limit.Token);
        await cluster["a"].AppendNextAsync(version, "again", limit.Token);
        Assert.Equal(["a"], cluster["a"].Members.Select(m => m.Name));
    }

    [Fact]
    public async Task Remove_TheLeaderItself_ResignsAndTheNextOneDoesIt()
    {
        using var limit = new Limit();
        await using var cluster = new GrowingCluster("a", "b", "c");
        await cluster.StartAsync(limit.Token, "a", "b", "c");
        var first = await cluster.LeaderAsync(limit.Token);
        var name = first.Leadership.Leader!;
        Assert.Equal(AppendStatus.Rejected, (await first.RemoveMemberAsync(name, limit.Token)).Status);
        await cluster.RemoveAsync(name, limit.Token);
        var leader = await cluster.LeaderAsync(limit.Token);
        Assert.DoesNotContain(leader.Members, m => m.Name == name);
        await leader.AppendNextAsync(0, "goes on", limit.Token);
        Assert.NotEqual(name, leader.Leadership.Leader);
    }

    [Fact]
    public async Task Replace_WipedMemberUnderTheSameNameAndAddress_HasEverythingAgain()
    {
        using var limit = new Limit();
        await using var cluster = new GrowingCluster("a", "b", "c");
        await cluster.StartAsync(limit.Token, "a", "b", "c");
        var leader = await cluster.LeaderAsync(limit.Token);
        var version = 0L;
        for (var i = 0; i < 50; i++)
        {
            version = await leader.AppendNextAsync(version, $"entry {i}", limit.Token);
        }

        var wiped = cluster.Names.First(n => n != leader.Leadership.Leader);
        await cluster.StopAsync(wiped);
        cluster.Wipe(wiped);
        await cluster.RemoveAsync(wiped, limit.Token);
        leader = await cluster.LeaderAsync(limit.Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var loading = LoadAsync(leader, stop.Token);
        await cluster.StartToJoinAsync(wiped, leader.LastIndex, limit.Token);
        await cluster.AddAsync(wiped, limit.Token);
        await stop.CancelAsync();
        await loading;
        leader = await cluster.LeaderAsync(limit.Token);
        var mark = await leader.AppendNextAsync(LogVersion.Any, "mark", limit.Token);
        await cluster.AllHaveAsync(mark, limit.Token);
        Assert.Equal(LogRole.Voter, cluster[wiped].Role);
    }

    [Fact]
    public async Task Add_BehindASnapshot_CarriesTheMembersOfItsIndex()
    {
        using var limit = new Limit();
        await using var cluster = new GrowingCluster("a", "b", "c");
        await cluster.StartAsync(limit.Token, "a");
        var leader = await cluster.LeaderAsync(limit.Token);
        await cluster.StartToJoinAsync("b", leader.LastIndex, limit.Token);
        await cluster.AddAsync("b", limit.Token);
        leader = await cluster.LeaderAsync(limit.Token);
        var version = await leader.AppendNextAsync(0, "in the state", limit.Token);
        await leader.CompactAsync(version, Bytes("the state"), limit.Token);
        await cluster.StartToJoinAsync("c", leader.LastIndex, limit.Token);
        await cluster.AddAsync("c", limit.Token);
        leader = await cluster.LeaderAsync(limit.Token);
        version = await leader.AppendNextAsync(version, "behind it", limit.Token);
        await cluster.AllHaveAsync(version, limit.Token);
        await cluster.StopAsync("a");
        await cluster.StartAsync(limit.Token, "a");
        Assert.Equal(["a", "b", "c"], cluster["a"].Members.Select(m => m.Name));
        await cluster.AllHaveAsync(version, limit.Token);
    }

    [Fact]
    public async Task Change_WithoutSense_Rejected()
    {
        using var limit = new Limit();
        await using var cluster = new GrowingCluster("a", "b", "nobody");
        await cluster.StartAsync(limit.Token, "a", "b");
        var leader = await cluster.LeaderAsync(limit.Token);
        var follower = cluster.Running.First(l => l != leader);
        Assert.Equal(AppendStatus.Rejected, (await follower.AddMemberAsync(cluster.Member("nobody"), limit.Token)).Status);
        Assert.Equal(AppendStatus.Rejected, (await leader.AddMemberAsync(cluster.Member("a") with { Name = "nobody" }, limit.Token)).Status);
        Assert.Equal(AppendStatus.Committed, (await leader.AddMemberAsync(cluster.Member("a"), limit.Token)).Status);
        Assert.Equal(AppendStatus.Committed, (await leader.RemoveMemberAsync("nobody", limit.Token)).Status);
        var silent = leader.AddMemberAsync(cluster.Member("nobody"), limit.Token).AsTask();
        Assert.Equal(AppendStatus.Rejected, (await leader.RemoveMemberAsync("b", limit.Token)).Status);
        Assert.Equal(AppendStatus.Rejected, (await silent).Status);
        Assert.Equal(2, leader.Members.Count);
    }

    private static async Task LoadAsync(Consensus.Engines.DotNext.DotNextLog leader, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await leader.AppendAsync(LogVersion.Any, Bytes("load"), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }
}

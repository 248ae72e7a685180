using Drcm.Consensus.Engines.InMemory;

namespace Drcm.Consensus.Tests.Engines;

public sealed class InMemoryMembersTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddMember_Learner_BecomesVoterAndMayLead()
    {
        var (cluster, a) = await StartAsync("a");
        var b = cluster.AddLearner("b");
        await b.StartAsync(Token);
        Assert.Equal((LogRole.Voter, LogRole.Learner), (a.Role, b.Role));
        Assert.Throws<InvalidOperationException>(() => cluster.Elect("b"));
        var outcome = await a.AddMemberAsync(InMemoryCluster.Voter("b"), Token);
        Assert.Equal(AppendStatus.Committed, outcome.Status);
        Assert.Equal(outcome, await a.AddMemberAsync(InMemoryCluster.Voter("b"), Token));
        Assert.Equal(["a", "b"], b.Members.Select(m => m.Name));
        cluster.Elect("b");
        Assert.Equal(AppendStatus.Rejected, (await a.RemoveMemberAsync("b", Token)).Status);
        Assert.Equal(AppendStatus.Committed, (await b.RemoveMemberAsync("a", Token)).Status);
        Assert.Equal(LogRole.Learner, a.Role);
    }

    [Fact]
    public async Task RemoveMember_LeaderItself_ResignsAndRejects()
    {
        var (_, a) = await StartAsync("a", "b");
        var outcome = await a.RemoveMemberAsync("a", Token);
        Assert.Equal(AppendStatus.Rejected, outcome.Status);
        Assert.False(a.Leadership.IsSelf);
    }

    [Fact]
    public async Task ChangeMembers_WithoutSense_Rejected()
    {
        var (_, a) = await StartAsync("a");
        Assert.Equal(AppendStatus.Rejected, (await a.RemoveMemberAsync("a", Token)).Status);
        Assert.Equal(AppendStatus.Rejected, (await a.AddMemberAsync(InMemoryCluster.Voter("nobody"), Token)).Status);
        Assert.Equal(AppendStatus.Rejected, (await a.AddMemberAsync(InMemoryCluster.Voter("a") with { Name = "b" }, Token)).Status);
        Assert.Equal(AppendStatus.Committed, (await a.RemoveMemberAsync("nobody", Token)).Status);
    }

    [Fact]
    public async Task Members_OfALaggingMember_AreTheOldOnes()
    {
        var (cluster, a) = await StartAsync("a", "b");
        await cluster.AddLearner("c").StartAsync(Token);
        cluster.Lag("b");
        await a.AddMemberAsync(InMemoryCluster.Voter("c"), Token);
        Assert.Equal(2, cluster.Member("b").Members.Count);
        cluster.CatchUp("b");
        Assert.Equal(3, cluster.Member("b").Members.Count);
    }

    private static async Task<(InMemoryCluster Cluster, InMemoryLog Leader)> StartAsync(params string[] names)
    {
        InMemoryCluster cluster = new(names);
        foreach (var name in names)
        {
            await cluster.Member(name).StartAsync(Token);
        }

        cluster.Elect(names[0]);
        return (cluster, cluster.Member(names[0]));
    }
}

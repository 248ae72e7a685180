using Drcm.Consensus.Tests.Support;

namespace Drcm.Consensus.Tests.Engines;

/// <summary>Members that say nothing at all: the engine waits for everybody at an election, so our sockets must not let it wait long.</summary>
public sealed class SilentMemberTests
{
    [Fact]
    public async Task Elect_OneHostGone_TheOthersLeadAndAppend()
    {
        using var limit = new Limit();
        await using var cluster = new DotNextLogCluster("a", "b", "c");
        using var gone = new BlackHole(cluster.Members["c"]);
        await Task.WhenAll(cluster.RestartAsync("a", limit.Token), cluster.RestartAsync("b", limit.Token));
        await AppendTwentyAsync(cluster, limit.Token);
    }

    [Fact]
    public async Task Resign_Leader_AnotherLeadsAndItMayLeadAgain()
    {
        using var limit = new Limit();
        await using var cluster = await DotNextLogCluster.StartAsync(limit.Token);
        var first = await cluster.LeaderAsync(limit.Token);
        await cluster[first].ResignAsync(limit.Token);
        var second = await cluster.LeaderAsync(limit.Token);
        Assert.NotEqual(first, second);
        await cluster[first].UntilAsync(l => l.Leader == second, limit.Token);
        foreach (var name in cluster.Running.Where(n => n != first).ToList())
        {
            await cluster.StopAsync(name);
        }

        await cluster.RestartAsync(second, limit.Token);
        await cluster.LeaderAsync(limit.Token);
    }

    [Fact]
    public async Task Freeze_Leader_AnotherLeads()
    {
        using var limit = new Limit();
        await using var cluster = new DotNextLogCluster("a", "b", "c");
        using var frozen = await StartWithLeaderInChildAsync(cluster, limit.Token);
        frozen.Freeze();
        await AppendTwentyAsync(cluster, limit.Token);
    }

    /// <summary>Two members here and c in a process of its own, which leads and appends.</summary>
    internal static async Task<AppendingMember> StartWithLeaderInChildAsync(DotNextLogCluster cluster, CancellationToken cancellationToken)
    {
        await Task.WhenAll(cluster.RestartAsync("a", cancellationToken), cluster.RestartAsync("b", cancellationToken));
        var child = new AppendingMember("c", cluster.DirectoryOf("c"), cluster.Members);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var others = Task.WhenAll(KeepResigningAsync(cluster["a"], waiting.Token), KeepResigningAsync(cluster["b"], waiting.Token));
            Assert.NotNull(await child.NextAcknowledgedAsync(cancellationToken));
            await waiting.CancelAsync();
            await others;
            return child;
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    private static async Task KeepResigningAsync(IReplicatedLog log, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await log.UntilAsync(l => l.IsSelf, cancellationToken);
                await log.ResignAsync(cancellationToken);
                await log.UntilAsync(l => !l.IsSelf, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The child leads.
        }
    }

    private static async Task AppendTwentyAsync(DotNextLogCluster cluster, CancellationToken cancellationToken)
    {
        var leader = cluster[await cluster.LeaderAsync(cancellationToken)];
        await leader.ReadBarrierAsync(cancellationToken);
        var version = 0L;
        for (var i = 0; i < 20; i++)
        {
            version = await leader.AppendNextAsync(version, $"entry {i}", cancellationToken);
        }
    }
}

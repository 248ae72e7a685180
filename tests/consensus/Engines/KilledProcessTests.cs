using Drcm.Consensus.Tests.Support;

namespace Drcm.Consensus.Tests.Engines;

/// <summary>SIGKILL of real processes while they append.</summary>
public sealed class KilledProcessTests
{
    private const int AcknowledgedMin = 200;

    [Fact]
    public async Task Kill_SingleMember_EveryAcknowledgedEntryIsThere()
    {
        using var limit = new Limit();
        await using var cluster = new DotNextLogCluster("only");
        var acknowledged = await AppendThenKillAsync(cluster, limit.Token);
        await cluster.RestartAsync("only", limit.Token);
        await AssertHoldsAsync(cluster, acknowledged, limit.Token);
    }

    [Fact]
    public async Task Kill_AllThreeAndLoseTheLeadersDisk_EveryAcknowledgedEntryIsThere()
    {
        using var limit = new Limit();
        await using var cluster = new DotNextLogCluster("a", "b", "c");
        var acknowledged = await AppendThenKillAsync(cluster, limit.Token);
        var leader = acknowledged[^1].Split('-')[0];
        await Task.WhenAll(cluster.Members.Keys.Where(n => n != leader).Select(n => cluster.RestartAsync(n, limit.Token)));
        await AssertHoldsAsync(cluster, acknowledged, limit.Token);
    }

    private static async Task<List<string>> AppendThenKillAsync(DotNextLogCluster cluster, CancellationToken cancellationToken)
    {
        var members = cluster.Members.Keys.Select(n => new AppendingMember(n, cluster.DirectoryOf(n), cluster.Members)).ToList();
        List<string> acknowledged = [];
        try
        {
            var first = await await Task.WhenAny(members.Select(async m => (Member: m, Text: await m.NextAcknowledgedAsync(cancellationToken))));
            acknowledged.Add(first.Text!);
            while (await first.Member.NextAcknowledgedAsync(cancellationToken) is { } text)
            {
                acknowledged.Add(text);
                if (acknowledged.Count == AcknowledgedMin)
                {
                    await Task.WhenAll(members.Select(m => m.KillAsync(cancellationToken)));
                }
            }
        }
        finally
        {
            members.ForEach(m => m.Dispose());
        }

        Assert.True(acknowledged.Count >= AcknowledgedMin, "the member appended until it was killed");
        return acknowledged;
    }

    private static async Task AssertHoldsAsync(DotNextLogCluster cluster, List<string> acknowledged, CancellationToken cancellationToken)
    {
        var leader = await cluster.LeaderAsync(cancellationToken);
        var mark = await cluster[leader].AppendNextAsync(0, "mark", cancellationToken);
        foreach (var name in cluster.Running)
        {
            var read = (await cluster[name].ReadUpToAsync(mark, cancellationToken)).Select(e => e.Text()).ToList();
            Assert.Equal(acknowledged, read.Take(acknowledged.Count));
            Assert.Equal("mark", read[^1]);
        }
    }
}

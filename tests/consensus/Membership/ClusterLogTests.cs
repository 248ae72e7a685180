using Drcm.Consensus.Membership;
using Drcm.Consensus.Tests.Support;

namespace Drcm.Consensus.Tests.Membership;

public sealed class ClusterLogTests
{
    [Fact]
    public async Task Start_EmptySpools_AMajorityBeginsAndTheThirdComesLater()
    {
        using var limit = new Limit();
        await using var cluster = new NodeCluster(["a", "b", "c"]);
        await cluster.StartAsync("a", "", limit.Token);
        await SaysAsync(cluster["a"], "waits for a majority", limit.Token);
        Assert.Equal(LogRole.Learner, cluster["a"].Role);
        await cluster.StartAsync("b", "", limit.Token);
        var index = await cluster.AppendAsync("of two", limit.Token);
        await cluster.StartAsync("c", "", limit.Token);
        await UntilAsync(cluster["c"], l => l.Role == LogRole.Voter, limit.Token);
        await cluster.AllHaveAsync(index, limit.Token);
        await cluster.StopAsync("a");
        await cluster.AllHaveAsync(await cluster.AppendAsync("of the other two", limit.Token), limit.Token);
    }

    [Fact]
    public async Task Start_OtherDigest_DoesNotBeginWithIt()
    {
        using var limit = new Limit();
        await using var cluster = new NodeCluster(["a", "b", "c"]);
        await cluster.StartAsync("a", "one", limit.Token);
        await cluster.StartAsync("b", "another", limit.Token);
        await SaysAsync(cluster["b"], "none answered", limit.Token);
        await cluster.StartAsync("c", "one", limit.Token);
        await cluster.LeaderAsync(limit.Token);
        Assert.Equal((LogRole.Voter, LogRole.Learner, LogRole.Voter), (cluster["a"].Role, cluster["b"].Role, cluster["c"].Role));
    }

    [Fact]
    public async Task Start_SpoolLost_ComesAsLearnerAndOnlyTheLeaderMakesItAVoter()
    {
        using var limit = new Limit();
        await using var cluster = new NodeCluster(["a", "b", "c"]);
        await cluster.StartAsync(limit.Token, cluster.Names);
        await UntilAsync(cluster["c"], l => l.Leadership.Leader is not null, limit.Token);
        var index = await cluster.AppendAsync("before", limit.Token);
        await cluster.AllHaveAsync(index, limit.Token);
        await cluster.StopAsync("c");
        cluster.Wipe("c");
        await cluster.StartAsync(limit.Token, "c");
        await cluster["c"].ReadUpToAsync(index, limit.Token);
        Assert.Equal(LogRole.Learner, cluster["c"].Role);
        await cluster.RemoveAsync("c", limit.Token);
        await cluster.AddAsync("c", limit.Token);
        await UntilAsync(cluster["c"], l => l.Role == LogRole.Voter, limit.Token);
        await cluster.AllHaveAsync(await cluster.AppendAsync("after", limit.Token), limit.Token);
    }

    [Fact]
    public async Task Learner_BecomesVoterUnderLoad_ItsReaderMissesNothing()
    {
        using var limit = new Limit();
        await using var cluster = new NodeCluster(["a"], "b");
        await cluster.StartAsync(limit.Token, cluster.Names);
        await cluster.LeaderAsync(limit.Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var loading = LoadAsync(cluster, stop.Token);
        await cluster["b"].TakeAsync(0, 20, limit.Token);
        var reading = ReadUntilMarkAsync(cluster["b"], limit.Token);
        await cluster.AddAsync("b", limit.Token);
        await stop.CancelAsync();
        await loading;
        await cluster.AppendAsync("mark", limit.Token);
        var seen = await reading;
        var kept = await ReadUntilMarkAsync(cluster["a"], limit.Token);
        Assert.Equal(kept.Select(e => (e.Index, e.Text())), seen.Select(e => (e.Index, e.Text())));
        Assert.Equal(LogRole.Voter, cluster["b"].Role);
    }

    [Fact]
    public async Task Voter_TakenOut_FollowsAndKeepsItsOldLogAside()
    {
        using var limit = new Limit();
        await using var cluster = new NodeCluster(["a", "b", "c"]);
        await cluster.StartAsync(limit.Token, cluster.Names);
        var leader = await cluster.LeaderAsync(limit.Token);
        var taken = cluster.Names.First(n => cluster[n] != leader);
        await cluster.RemoveAsync(taken, limit.Token);
        await UntilAsync(cluster[taken], l => l.Role == LogRole.Learner && l.Members.Count == 2, limit.Token);
        await cluster.AllHaveAsync(await cluster.AppendAsync("without it", limit.Token), limit.Token);
        Assert.True(Directory.Exists(Path.Combine(cluster.DirectoryOf(taken), "raft.removed")));
        await cluster.StopAsync(taken);
        await cluster.StartAsync(limit.Token, taken);
        await cluster.AllHaveAsync(await cluster.AppendAsync("after a restart", limit.Token), limit.Token);
        Assert.Equal(LogRole.Learner, cluster[taken].Role);
        await cluster.AddAsync(taken, limit.Token);
        await UntilAsync(cluster[taken], l => l.Role == LogRole.Voter, limit.Token);
    }

    [Fact]
    public async Task Learner_ItsSourceDiesAndASnapshotIsInTheWay_ReadsOn()
    {
        using var limit = new Limit();
        await using var cluster = new NodeCluster(["a", "b", "c"], "learner");
        await cluster.StartAsync(limit.Token, cluster.Names);
        var index = await cluster.AppendAsync("in the state", limit.Token);
        await cluster.AllHaveAsync(index, limit.Token);
        var state = new byte[3 * LogLimits.EntryBytesMax];
        new Random(7).NextBytes(state);
        foreach (var name in new[] { "a", "b", "c" })
        {
            await cluster[name].CompactAsync(index, state, limit.Token);
        }

        // A voter that starts again begins with its snapshot: the entries in it are not looked at any more.
        foreach (var name in cluster.Names)
        {
            await cluster.StopAsync(name);
        }

        await cluster.StartAsync(limit.Token, cluster.Names);
        await cluster.LeaderAsync(limit.Token);
        var snapshot = (await cluster["learner"].TakeAsync(0, 1, limit.Token))[0];
        Assert.True(snapshot.IsSnapshot);
        Assert.Equal(state, snapshot.Payload.ToArray());
        var reading = cluster["learner"].ReadUpToAsync(index + 1, limit.Token);
        await cluster.StopAsync("a");
        var mark = await cluster.AppendAsync("without a", limit.Token);
        Assert.Equal("without a", (await reading)[^1].Text());
        await cluster["learner"].ReadBarrierAsync(limit.Token);
        await cluster.StartAsync(limit.Token, "a");
        await cluster.StopAsync("b");
        Assert.Equal(mark, (await cluster["learner"].ReadUpToAsync(mark, limit.Token))[^1].Index);
        await cluster.AllHaveAsync(await cluster.AppendAsync("without b", limit.Token), limit.Token);
    }

    [Fact]
    public async Task Twelve_FiveVotersAndSevenLearners_AllHaveEverythingAndOneIsPromoted()
    {
        using var limit = new Limit();
        string[] voters = ["v1", "v2", "v3", "v4", "v5"];
        string[] learners = ["w1", "w2", "w3", "w4", "w5", "w6", "w7"];
        await using var cluster = new NodeCluster(voters, learners);
        await cluster.StartAsync(limit.Token, cluster.Names);
        for (var i = 0; i < 20; i++)
        {
            await cluster.AppendAsync($"entry {i}", limit.Token);
        }

        await cluster.AllHaveAsync(await cluster.AppendAsync("mark", limit.Token), limit.Token);
        foreach (var voter in voters)
        {
            await UntilAsync(cluster[voter], l => l.Role == LogRole.Voter, limit.Token);
        }

        await cluster.StopAsync("v1");
        await cluster.RemoveAsync("v1", limit.Token);
        await cluster.AddAsync("w1", limit.Token);
        await cluster.AllHaveAsync(await cluster.AppendAsync("with w1", limit.Token), limit.Token);
        await UntilAsync(cluster["w1"], l => l.Role == LogRole.Voter, limit.Token);
    }

    [Fact]
    public void Identity_MadeOnce_StaysUntilTheSpoolGoes()
    {
        var spool = Directory.CreateTempSubdirectory("drcm-spool-").FullName;
        var made = SpoolIdentity.ReadOrMake(spool);
        Assert.Equal(made, SpoolIdentity.ReadOrMake(spool));
        Directory.Delete(spool, recursive: true);
        Assert.NotEqual(made, SpoolIdentity.ReadOrMake(spool));
        File.WriteAllText(Path.Combine(spool, "identity"), "no");
        Assert.Throws<LogDamagedException>(() => SpoolIdentity.ReadOrMake(spool));
        Directory.Delete(spool, recursive: true);
    }

    private static async Task LoadAsync(NodeCluster cluster, CancellationToken cancellationToken)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                await cluster.AppendAsync($"load {i}", cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    private static async Task<List<CommittedEntry>> ReadUntilMarkAsync(IReplicatedLog log, CancellationToken cancellationToken)
    {
        List<CommittedEntry> entries = [];
        await foreach (var entry in log.ReadCommittedAsync(0, cancellationToken))
        {
            entries.Add(entry);
            if (entry.Text() == "mark")
            {
                break;
            }
        }

        return entries;
    }

    private static Task SaysAsync(ClusterLog log, string words, CancellationToken cancellationToken) =>
        UntilAsync(log, l => l.Waiting?.Contains(words, StringComparison.Ordinal) == true, cancellationToken);

    private static async Task UntilAsync(ClusterLog log, Func<ClusterLog, bool> condition, CancellationToken cancellationToken)
    {
        while (!condition(log))
        {
            await Task.Delay(10, cancellationToken);
        }
    }
}

using Drcm.Consensus.Tests.Support;
using static Drcm.Consensus.Tests.Support.LogClusterExtensions;

namespace Drcm.Consensus.Tests.Contract;

/// <summary>What every engine promises, each promise as a check that fails on an engine that breaks it.</summary>
internal static class LogChecks
{
    private const int Entries = 20;

    public static async Task OrderedOnceEverywhere(ILogCluster cluster, CancellationToken cancellationToken)
    {
        var leader = cluster[await cluster.LeaderAsync(cancellationToken)];
        var expected = Enumerable.Range(0, Entries).Select(i => $"entry {i}").ToList();
        var last = 0L;
        foreach (var text in expected)
        {
            last = await leader.AppendNextAsync(last, text, cancellationToken);
        }

        List<CommittedEntry>? first = null;
        foreach (var name in cluster.Running)
        {
            var read = await cluster[name].ReadUpToAsync(last, cancellationToken);
            Assert.Equal(expected, read.Select(e => e.Text()));
            Assert.Equal(read.Select(e => e.Index).Distinct().Order(), read.Select(e => e.Index));
            first ??= read;
            Assert.Equal(first.Select(e => (e.Index, e.Term)), read.Select(e => (e.Index, e.Term)));
            var tail = await cluster[name].TakeAsync(read[Entries / 2].Index, Entries / 2 - 1, cancellationToken);
            Assert.Equal(read.Skip(Entries / 2 + 1).Select(e => e.Index), tail.Select(e => e.Index));
        }
    }

    public static async Task AcknowledgedSurvivesItsLeader(ILogCluster cluster, CancellationToken cancellationToken)
    {
        var first = await cluster.LeaderAsync(cancellationToken);
        var term = cluster[first].Leadership.Term;
        List<string> acknowledged = [];
        var version = 0L;
        for (var i = 0; i < Entries; i++)
        {
            if (i == Entries / 2)
            {
                cluster.LoseNextAppend();
            }

            var outcome = await cluster[first].AppendAsync(version, Bytes($"entry {i}"), cancellationToken);
            if (outcome.Status == AppendStatus.Committed)
            {
                acknowledged.Add($"entry {i}");
                version = outcome.Index;
            }
        }

        await cluster.StopAsync(first);
        var second = await cluster.LeaderAsync(cancellationToken);
        Assert.NotEqual(first, second);
        Assert.True(cluster[second].Leadership.Term > term, "a new leader has a new term");
        var mark = await cluster[second].AppendNextAsync(version, "mark", cancellationToken);
        foreach (var name in cluster.Running)
        {
            var read = await cluster[name].ReadUpToAsync(mark, cancellationToken);
            Assert.Equal([.. acknowledged, "mark"], read.Select(e => e.Text()));
        }
    }

    public static async Task StaleVersionHasNoEffect(ILogCluster cluster, CancellationToken cancellationToken)
    {
        var leader = cluster[await cluster.LeaderAsync(cancellationToken)];
        var first = await leader.AppendAsync(0, Bytes("first"), cancellationToken);
        Assert.Equal(AppendStatus.Committed, first.Status);
        var stale = await leader.AppendAsync(0, Bytes("stale"), cancellationToken);
        Assert.Equal((AppendStatus.Stale, first.Index), (stale.Status, stale.Index));
        var second = await leader.AppendAsync(first.Index, Bytes("second"), cancellationToken);
        Assert.Equal(AppendStatus.Committed, second.Status);
        foreach (var name in cluster.Running)
        {
            Assert.Equal(["first", "second"], (await cluster[name].ReadUpToAsync(second.Index, cancellationToken)).Select(e => e.Text()));
        }
    }

    public static async Task OneOfTwoRacersCommits(ILogCluster cluster, CancellationToken cancellationToken)
    {
        var leader = cluster[await cluster.LeaderAsync(cancellationToken)];
        var version = 0L;
        for (var round = 0; round < Entries; round++)
        {
            var one = leader.AppendAsync(version, Bytes($"one {round}"), cancellationToken).AsTask();
            var two = leader.AppendAsync(version, Bytes($"two {round}"), cancellationToken).AsTask();
            var outcomes = await Task.WhenAll(one, two);
            var winner = Assert.Single(outcomes, o => o.Status == AppendStatus.Committed);
            var loser = Assert.Single(outcomes, o => o.Status == AppendStatus.Stale);
            Assert.Equal(winner.Index, loser.Index);
            version = winner.Index;
        }

        Assert.Equal(Entries, (await leader.ReadUpToAsync(version, cancellationToken)).Count);
    }

    public static async Task FollowersReject(ILogCluster cluster, CancellationToken cancellationToken)
    {
        var leader = await cluster.LeaderAsync(cancellationToken);
        foreach (var name in cluster.Running.Where(n => n != leader))
        {
            await cluster[name].UntilAsync(l => l.Leader == leader, cancellationToken);
            var outcome = await cluster[name].AppendAsync(0, Bytes("from a follower"), cancellationToken);
            Assert.Equal(AppendStatus.Rejected, outcome.Status);
            Assert.Contains(leader, outcome.Reason, StringComparison.Ordinal);
        }

        var committed = await cluster[leader].AppendAsync(0, Bytes("from the leader"), cancellationToken);
        Assert.Equal(AppendStatus.Committed, committed.Status);
    }

    public static async Task RestartGivesTheSameStream(ILogCluster cluster, CancellationToken cancellationToken)
    {
        var leader = cluster[await cluster.LeaderAsync(cancellationToken)];
        var last = 0L;
        for (var i = 0; i < Entries; i++)
        {
            last = await leader.AppendNextAsync(last, $"entry {i}", cancellationToken);
        }

        var before = await leader.ReadUpToAsync(last, cancellationToken);
        foreach (var name in cluster.Running.ToList())
        {
            await cluster.StopAsync(name);
            await cluster.RestartAsync(name, cancellationToken);
            await cluster[name].ReadBarrierAsync(cancellationToken);
            var after = await cluster[name].ReadUpToAsync(last, cancellationToken);
            Assert.Equal(before.Select(e => (e.Index, e.Term, e.Text())), after.Select(e => (e.Index, e.Term, e.Text())));
        }
    }

    public static async Task BarrierShowsWhatWasCommitted(ILogCluster cluster, CancellationToken cancellationToken)
    {
        var leader = cluster[await cluster.LeaderAsync(cancellationToken)];
        var version = 0L;
        foreach (var name in cluster.Running.ToList())
        {
            version = await leader.AppendNextAsync(version, $"before {name}", cancellationToken);
            await cluster[name].ReadBarrierAsync(cancellationToken);
            using var atOnce = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await using var reader = cluster[name].ReadCommittedAsync(version - 1, atOnce.Token).GetAsyncEnumerator(atOnce.Token);
            Assert.True(await reader.MoveNextAsync());
            Assert.Equal(version, reader.Current.Index);
        }
    }

    public static async Task UnknownIsResolvedByReading(ILogCluster cluster, CancellationToken cancellationToken)
    {
        var leader = cluster[await cluster.LeaderAsync(cancellationToken)];
        var version = await leader.AppendNextAsync(0, "start", cancellationToken);
        cluster.LoseNextAppend();
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var append = leader.AppendAsync(version, Bytes("uncertain"), impatient.Token).AsTask();
        await impatient.CancelAsync();
        await append.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        var mark = await leader.AppendNextAsync(version, "mark", cancellationToken);
        var read = (await leader.ReadUpToAsync(mark, cancellationToken)).Select(e => e.Text()).ToList();
        if (append.IsCompletedSuccessfully && (await append).Status == AppendStatus.Committed)
        {
            Assert.Contains("uncertain", read);
        }

        Assert.Equal(read.Contains("uncertain") ? ["start", "uncertain", "mark"] : ["start", "mark"], read);
    }

    public static async Task MembersComeAndGo(ILogCluster cluster, CancellationToken cancellationToken)
    {
        var added = await cluster.StartNodeAsync("d", cancellationToken);
        Assert.Equal(LogRole.Learner, cluster["d"].Role);
        await ChangeAsync(cluster, l => l.AddMemberAsync(added, cancellationToken), cancellationToken);
        var version = await AppendAsync(cluster, "with four", cancellationToken);
        foreach (var name in cluster.Running)
        {
            await cluster[name].ReadUpToAsync(version, cancellationToken);
            Assert.Equal(["a", "b", "c", "d"], cluster[name].Members.Select(m => m.Name));
            Assert.Equal(LogRole.Voter, cluster[name].Role);
        }

        var leader = await cluster.LeaderAsync(cancellationToken);
        var taken = cluster.Running.First(n => n != leader && n != "d");
        await ChangeAsync(cluster, l => l.RemoveMemberAsync(taken, cancellationToken), cancellationToken);
        version = await AppendAsync(cluster, "with three", cancellationToken);
        foreach (var name in cluster.Running.Where(n => n != taken))
        {
            await cluster[name].ReadUpToAsync(version, cancellationToken);
            Assert.DoesNotContain(cluster[name].Members, m => m.Name == taken);
        }

        leader = await cluster.LeaderAsync(cancellationToken);
        Assert.Equal(AppendStatus.Rejected, (await cluster[leader].RemoveMemberAsync(leader, cancellationToken)).Status);
        Assert.Contains(cluster[leader].Members, m => m.Name == leader);
    }

    /// <summary>A leader that was deposed meanwhile says so; the next one is asked.</summary>
    private static async Task ChangeAsync(ILogCluster cluster, Func<IReplicatedLog, ValueTask<AppendOutcome>> change, CancellationToken cancellationToken)
    {
        while ((await change(cluster[await cluster.LeaderAsync(cancellationToken)])).Status != AppendStatus.Committed)
        {
            await Task.Delay(10, cancellationToken);
        }
    }

    private static async Task<long> AppendAsync(ILogCluster cluster, string text, CancellationToken cancellationToken)
    {
        AppendOutcome outcome;
        while ((outcome = await cluster[await cluster.LeaderAsync(cancellationToken)].AppendAsync(LogVersion.Any, Bytes(text), cancellationToken)).Status != AppendStatus.Committed)
        {
            await Task.Delay(10, cancellationToken);
        }

        return outcome.Index;
    }

    public static async Task ResigningHandsOver(ILogCluster cluster, CancellationToken cancellationToken)
    {
        var leader = await cluster.LeaderAsync(cancellationToken);
        var follower = cluster.Running.First(n => n != leader);
        var term = cluster[leader].Leadership.Term;
        await cluster[follower].ResignAsync(cancellationToken);
        Assert.True(cluster[leader].Leadership.IsSelf, "resigning on a follower does nothing");
        await cluster[leader].ResignAsync(cancellationToken);
        Assert.Equal(AppendStatus.Rejected, (await cluster[leader].AppendAsync(0, Bytes("too late"), cancellationToken)).Status);
        Assert.Equal(term, cluster[leader].Leadership.Term);
    }
}

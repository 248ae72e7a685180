using Drcm.Integration.Tests.Cli;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Xunit;

namespace Drcm.Integration.Tests.Membership;

/// <summary>What an operator does to a running cluster, on real daemons (O11, O12, O14).</summary>
public sealed class MembershipStories : IDisposable
{
    private readonly LoopbackCluster _cluster = new();

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task Apply_FourthNode_ItServesAndVotesAndEveryNodeHasTheFile()
    {
        var former = _cluster.Text([1, 2, 3]);
        await StartAsync(former, 1, 2, 3);
        var text = _cluster.Text([1, 2, 3, 4]);

        var applied = await _cluster.ApplyAsync(through: 2, text, Test);

        Assert.True(applied.Exit == 0, applied.Errors);
        Assert.Contains("is in force since index ", applied.Output, StringComparison.Ordinal);
        Assert.Contains("+ node n4 (voter)", applied.Output, StringComparison.Ordinal);
        _cluster.Start(4, text);
        await _cluster.UntilAtHomeAsync(4, [1, 2, 3, 4], Test);
        foreach (var node in new[] { 1, 2, 3 })
        {
            await _cluster.UntilAsync(node, "its own file is the applied one", s => s.Cluster.ConfigMatches == true, Test);
            Assert.Equal(text, await File.ReadAllTextAsync(_cluster.ConfigOf(node), Test));
            Assert.Equal(former, await File.ReadAllTextAsync(_cluster.ConfigOf(node) + ".previous", Test));
        }
        Assert.Equal("n4", _cluster.RunnerOf("app4"));
    }

    [Fact]
    public async Task Apply_NodeGone_ItStopsWhatItHasAndSaysSo()
    {
        await StartAsync(_cluster.Text([1, 2, 3, 4]), 1, 2, 3, 4);

        var applied = await _cluster.ApplyAsync(through: 1, _cluster.Text([1, 2, 3]), Test);

        Assert.True(applied.Exit == 0, applied.Errors);
        Assert.Contains("- node n4: it stops what it has, then leaves", applied.Output, StringComparison.Ordinal);
        await _cluster.UntilAsync(1, "it has stopped what it had, and three vote", s => s.Slots.All(l => l.Home != "n4") && LoopbackCluster.Votes(s, 1, 2, 3), Test);
        await _cluster.UntilAsync(4, "it knows", _ => _cluster.SaidBy(4).Contains("does not name this node, n4", StringComparison.Ordinal), Test);
        Assert.Equal("", _cluster.RunnerOf("app4"));
        Assert.Equal("n1", _cluster.RunnerOf("app1"));
    }

    [Fact]
    public async Task Apply_FileWithAnError_ChangesNothingAndNamesTheLine()
    {
        var text = _cluster.Text([1]);
        await StartAsync(text, 1);

        var applied = await _cluster.ApplyAsync(through: 1, text + "node_services = unheard_of\n", Test);

        Assert.Equal(1, applied.Exit);
        Assert.Contains("new.cfg:", applied.Errors, StringComparison.Ordinal);
        Assert.Contains("nothing was changed", applied.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_NobodyLeads_ExitsWithThree()
    {
        var text = _cluster.Text([1, 2, 3]);
        await StartAsync(text, 1, 2, 3);
        _cluster.Kill(2);
        _cluster.Kill(3);
        await _cluster.UntilAsync(1, "nobody leads", s => s.Cluster.Leader is null, Test);

        var applied = await _cluster.ApplyAsync(through: 1, _cluster.Text([1, 2, 3, 4]), Test);

        Assert.Equal(3, applied.Exit);
        Assert.Contains("nobody leads", applied.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OwnFileChangedByHand_ClusterRunsByTheLogAndSaysSo()
    {
        var text = _cluster.Text([1, 2, 3]);
        await StartAsync(text, 1, 2, 3);
        Assert.Equal(0, await _cluster.TerminateAsync(3, Test));
        await File.WriteAllTextAsync(_cluster.ConfigOf(3), _cluster.Text([1, 2, 3], n => n == 1 ? "keep_services = 1\n" : ""), Test);

        _cluster.Start(3, text);

        var seen = await _cluster.UntilAsync(3, "it sees the difference", s => s.Cluster.ConfigMatches == false, Test);
        Assert.Contains(Health.Of(seen).Sentences, s => s.Contains("cm.cfg of n3 differs", StringComparison.Ordinal));
        await _cluster.UntilAtHomeAsync(1, [1, 2, 3], Test);
    }

    [Fact]
    public async Task WipedVoter_JoinsAnewAndVotesAgain()
    {
        var text = _cluster.Text([1, 2, 3]);
        await StartAsync(text, 1, 2, 3);
        _cluster.Kill(3);
        Directory.Delete(_cluster.SpoolOf(3), recursive: true);

        _cluster.Start(3, text);

        await _cluster.UntilAsync(1, "it left the voters", s => LoopbackCluster.Votes(s, 1, 2), Test);
        await _cluster.UntilAtHomeAsync(3, [1, 2, 3], Test);
        Assert.Equal("n3", _cluster.RunnerOf("app3"));
    }

    [Fact]
    public async Task Witness_VotesAndRunsNothing()
    {
        var text = _cluster.Text([1, 2, 3], witness: 3);
        await StartAsync(text, 1, 2, 3);

        _cluster.Kill(1);

        var seen = await _cluster.UntilAsync(
            2, "n2 has taken over", s => s.Slots.All(l => l.Phase == SlotPhase.Started && l.Owner == "n2"), Test);
        Assert.True(seen.Nodes.Single(n => n.Name == "n3") is { IsWitness: true, IsVoter: true });
    }

    private async Task StartAsync(string text, params int[] nodes)
    {
        foreach (var node in nodes) _cluster.Start(node, text);
        foreach (var node in nodes) await _cluster.UntilAtHomeAsync(node, nodes, Test);
    }
}

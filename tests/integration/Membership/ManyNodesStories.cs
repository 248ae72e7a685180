using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Xunit;

namespace Drcm.Integration.Tests.Membership;

/// <summary>More nodes than vote: twelve daemons, each a process of its own.</summary>
public sealed class ManyNodesStories : IDisposable
{
    private static readonly int[] All = [.. Enumerable.Range(1, 12)];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    /// <summary>Twelve processes on a few cores stand still for longer than three do.</summary>
    private readonly LoopbackCluster _cluster = new() { Times = "dead_node_count = 40\nelection_timeout_ms = 3000" };

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public void Dispose() => _cluster.Dispose();

    /// <summary>The first five of the file vote, seven follow. A voter dies for good; a node that follows dies and comes back.</summary>
    [Fact]
    public async Task TwelveNodes_AVoterDiesAndALearnerRestarts_TakenOverAndAllHaveTheSameState()
    {
        var text = _cluster.Text(All);
        foreach (var node in All) _cluster.Start(node, text);
        foreach (var node in All) await _cluster.UntilAtHomeAsync(node, [1, 2, 3, 4, 5], Test);
        await AgreeAsync(All);

        _cluster.Kill(2);
        _cluster.Kill(12);
        _cluster.Start(12, text);

        var living = All.Where(n => n != 2).ToArray();
        foreach (var node in living) await _cluster.UntilAsync(node, "app2 is taken over, all else at home", IsTakenOver, Test);
        await AgreeAsync(living);
        Assert.Equal("n12", _cluster.RunnerOf("app12"));
        Assert.Contains(_cluster.RunnerOf("app2").Split(' '), r => r != "n2");
    }

    private static bool IsTakenOver(ClusterStatus status) =>
        status.Nodes.All(n => n.Status == (n.Name == "n2" ? NodeStatus.Down : NodeStatus.Up))
        && status.Slots.All(s => s.Phase == SlotPhase.Started && (s.Home == "n2" ? s.Owner != "n2" : s.Owner == s.Home));

    /// <summary>Ends when all have read equally far. Wherever two have, their states are the same.</summary>
    private async Task AgreeAsync(int[] nodes)
    {
        Dictionary<long, string> digests = [];
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < Patience)
        {
            var seen = await Task.WhenAll(nodes.Select(n => _cluster.Control(n).StatusAsync(Test)));
            foreach (var cluster in seen.Select(s => s.Cluster))
            {
                digests.TryAdd(cluster.Applied, cluster.StateDigest);
                Assert.True(digests[cluster.Applied] == cluster.StateDigest, $"{cluster.Node} has another state than another node at entry {cluster.Applied}");
            }
            if (seen.Select(s => s.Cluster.Applied).Distinct().Count() == 1) return;
            await Task.Delay(Pace, Test);
        }
        Assert.Fail($"not all of {nodes.Length} nodes have read equally far within {Patience.TotalMinutes:0} minutes");
    }
}

using System.Diagnostics;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Tests.Support;

namespace Drcm.Consensus.Tests.Engines;

/// <summary>What is committed must be known everywhere soon: a follower that learns of it with the next heartbeat starts its part of a takeover that much later.</summary>
public sealed class CommitNewsTests
{
    private const int Appends = 9;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(0.4);

    /// <summary>The engine alone takes half a heartbeat in the median, and up to a whole one.</summary>
    [Fact]
    public async Task Append_NothingFollows_FollowersReadItLongBeforeTheNextHeartbeat()
    {
        using var limit = new Limit();
        await using var cluster = new DotNextLogCluster("a", "b", "c")
        {
            Adjust = o => o with { Times = new ElectionTimes(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.5), Heartbeat, TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(0.8)) },
        };
        await Task.WhenAll(cluster.Members.Keys.Select(n => cluster.RestartAsync(n, limit.Token)));
        var leader = cluster[await cluster.LeaderAsync(limit.Token)];
        var delays = new List<TimeSpan>();
        for (var i = 0; i < Appends; i++)
        {
            var appended = await leader.AppendAsync(LogVersion.Any, new byte[] { (byte)i }, limit.Token);
            Assert.Equal(AppendStatus.Committed, appended.Status);
            var committed = Stopwatch.GetTimestamp();
            foreach (var name in cluster.Running) await cluster[name].ReadUpToAsync(appended.Index, limit.Token);
            delays.Add(Stopwatch.GetElapsedTime(committed));
        }

        var median = delays.Order().ElementAt(Appends / 2);
        Assert.True(median < Heartbeat / 4, $"median {median.TotalMilliseconds} ms after the commit, with a heartbeat every {Heartbeat.TotalMilliseconds} ms");
    }
}

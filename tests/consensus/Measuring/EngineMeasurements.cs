using System.Diagnostics;
using Drcm.Consensus.Tests.Engines;
using Drcm.Consensus.Tests.Support;

namespace Drcm.Consensus.Tests.Measuring;

/// <summary>Prints the figures of docs/engine.md; run on demand, asserts nothing about time.</summary>
public sealed class EngineMeasurements(ITestOutputHelper output)
{
    private const int Appends = 2000;
    private const int Runs = 7;

    [Fact(Explicit = true)]
    public async Task Append_OneProposer_Latency()
    {
        using var limit = new Limit();
        await using var cluster = await DotNextLogCluster.StartAsync(limit.Token);
        var leader = cluster[await cluster.LeaderAsync(limit.Token)];
        var version = 0L;
        List<double> milliseconds = [];
        for (var i = 0; i < Appends; i++)
        {
            var start = Stopwatch.GetTimestamp();
            version = await leader.AppendNextAsync(version, "a payload of some forty characters, more or less", limit.Token);
            milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Print("append", milliseconds);
    }

    [Fact(Explicit = true)]
    public async Task Start_FreshCluster_TimeToLeader()
    {
        List<double> milliseconds = [];
        for (var run = 0; run < Runs; run++)
        {
            using var limit = new Limit();
            var start = Stopwatch.GetTimestamp();
            await using var cluster = await DotNextLogCluster.StartAsync(limit.Token);
            await cluster.LeaderAsync(limit.Token);
            milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Print("fresh cluster to leader", milliseconds);
    }

    [Fact(Explicit = true)]
    public Task Kill_LeadingProcess_TimeToLeader() => MeasureLossAsync("leader killed to new leader", m => m.Kill());

    [Fact(Explicit = true)]
    public Task Freeze_LeadingProcess_TimeToLeader() => MeasureLossAsync("leader frozen to new leader", m => m.Freeze());

    private async Task MeasureLossAsync(string what, Action<AppendingMember> lose)
    {
        List<double> milliseconds = [];
        for (var run = 0; run < Runs; run++)
        {
            using var limit = new Limit();
            await using var cluster = new DotNextLogCluster("a", "b", "c");
            using var child = await SilentMemberTests.StartWithLeaderInChildAsync(cluster, limit.Token);
            var start = Stopwatch.GetTimestamp();
            lose(child);
            await cluster.LeaderAsync(limit.Token);
            milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Print(what, milliseconds);
    }

    private void Print(string what, List<double> milliseconds)
    {
        milliseconds.Sort();
        var p99 = milliseconds[(int)(milliseconds.Count * 0.99)];
        output.WriteLine(
            $"{what}: {milliseconds.Count} runs, min {milliseconds[0]:F1} ms, median {milliseconds[milliseconds.Count / 2]:F1} ms, "
            + $"p99 {p99:F1} ms, max {milliseconds[^1]:F1} ms");
    }
}

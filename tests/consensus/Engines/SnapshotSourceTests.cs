using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Tests.Support;
using Drcm.Consensus.Transport;
using static Drcm.Consensus.Tests.Support.LogClusterExtensions;

namespace Drcm.Consensus.Tests.Engines;

/// <summary>A member that was away gets a snapshot inside Raft, in hundreds of blocks, and its source dies at any of them.</summary>
public sealed class SnapshotSourceTests
{
    private const int StateBytes = 4 * 1024 * 1024;
    private const int Entries = 40;

    /// <summary>Small segments and no entries kept: what is in the snapshot is nowhere else.</summary>
    private static readonly Consensus.Storage.StoreOptions Storage = new()
    {
        Directory = "", SegmentBytes = 64 * 1024, ZeroedBytes = 16 * 1024, TailBytes = 1, TailEntries = 1, KeptEntries = 0,
    };

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(6, false)]
    [InlineData(7, false)]
    [InlineData(8, false)]
    public async Task Source_DiesInTheMiddle_AnotherOneSendsItAndNothingIsHalf(int seed, bool isProcess)
    {
        using var limit = new Limit();
        Random random = new(seed);
        Dictionary<string, DyingTransport> transports = new(StringComparer.Ordinal);
        await using var cluster = Cluster(transports);
        var state = await BeginAsync(cluster, random, limit.Token);
        var source = await cluster.LeaderAsync(limit.Token);
        transports[source].DieAfter(random.Next(1, StateBytes), cluster.Members["c"], endsConnections: isProcess);
        await cluster.RestartAsync("c", limit.Token);
        await transports[source].Died.WaitAsync(limit.Token);
        if (isProcess)
        {
            await cluster.StopAsync(source);
        }

        var other = source == "a" ? "b" : "a";
        var mark = await AppendAsync(cluster, ["c", other], "mark", limit.Token);
        await HasAllAsync(cluster["c"], state, mark, limit.Token);
        await cluster.StopAsync("c");
        Assert.Single(Directory.GetFiles(Path.Combine(cluster.DirectoryOf("c"), "raft"), "snapshot-*"));
        await cluster.RestartAsync("c", limit.Token);
        await HasAllAsync(cluster["c"], state, mark, limit.Token);
        if (!isProcess)
        {
            await cluster.StopAsync(source);
        }

        await cluster.RestartAsync(source, limit.Token);
        await cluster[source].ReadUpToAsync(await AppendAsync(cluster, ["c", other], "all are back", limit.Token), limit.Token);
    }

    private static DotNextLogCluster Cluster(Dictionary<string, DyingTransport> transports) => new("a", "b", "c")
    {
        Adjust = o => o with
        {
            Storage = Storage,
            Times = ElectionTimes.Within(TimeSpan.FromSeconds(3)),
            Transport = options => transports[options.Self] = new(new TcpTransport(options, new(), new())),
        },
    };

    /// <summary>Two members that have compacted everything, and one that has nothing and is down.</summary>
    private static async Task<byte[]> BeginAsync(DotNextLogCluster cluster, Random random, CancellationToken cancellationToken)
    {
        await Task.WhenAll(cluster.RestartAsync("a", cancellationToken), cluster.RestartAsync("b", cancellationToken));
        var leader = cluster[await cluster.LeaderAsync(cancellationToken)];
        var version = 0L;
        for (var i = 0; i < Entries; i++)
        {
            version = await leader.AppendNextAsync(version, new string('x', 8 * 1024), cancellationToken);
        }

        var state = new byte[StateBytes];
        random.NextBytes(state);
        foreach (var name in new[] { "a", "b" })
        {
            await cluster[name].ReadUpToAsync(version, cancellationToken);
            await cluster[name].CompactAsync(version, state, cancellationToken);
        }

        return state;
    }

    private static async Task<long> AppendAsync(DotNextLogCluster cluster, string[] members, string text, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            var outcome = await cluster[members[i % members.Length]].AppendAsync(LogVersion.Any, Bytes(text), cancellationToken);
            if (outcome.Status == AppendStatus.Committed)
            {
                return outcome.Index;
            }

            await Task.Delay(10, cancellationToken);
        }
    }

    private static async Task HasAllAsync(IReplicatedLog log, byte[] state, long mark, CancellationToken cancellationToken)
    {
        var seen = await log.ReadUpToAsync(mark, cancellationToken);
        Assert.True(seen[0].IsSnapshot && seen[0].Payload.Span.SequenceEqual(state));
        Assert.All(seen.Skip(1), e => Assert.Equal("mark", e.Text()));
    }
}

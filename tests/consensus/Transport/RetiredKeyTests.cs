using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Tests.Support;
using Drcm.Consensus.Transport;
using static Drcm.Consensus.Tests.Support.LogClusterExtensions;

namespace Drcm.Consensus.Tests.Transport;

/// <summary>OWNERSHIP O22: who still has the old key, stolen or not, has nothing any more.</summary>
public sealed class RetiredKeyTests
{
    private const byte Kind = 200;
    private static readonly string[] Names = ["a", "b", "c"];
    private static readonly byte[] Old = Secret.Seed("old");
    private static readonly byte[] New = Secret.Seed("new");

    [Fact]
    public async Task Replace_OldKeyRetired_NoConnectionOfItIsLeftAndTheLeaderStays()
    {
        using var limit = new Limit();
        var keys = Names.ToDictionary(n => n, _ => new TransportKeys(Old));
        Dictionary<string, TcpTransport> transports = [];
        await using var cluster = new DotNextLogCluster(Names)
        {
            Adjust = o => o with { Keys = keys[o.Self], Times = ElectionTimes.Within(TimeSpan.FromSeconds(2)), Transport = options => transports[options.Self] = new(options, new(), new()) },
        };
        foreach (var name in Names)
        {
            await cluster.RestartAsync(name, limit.Token);
        }

        var leader = cluster.Log(await cluster.LeaderAsync(limit.Token));
        var before = leader.Leadership;
        await TalkAsync(cluster, limit.Token);
        await using var stranger = await new PeerHandshake("b", new(Old), new(), new())
            .ConnectAsync(cluster.Members["a"], null, Preamble.Request, Limit.TestMax, Limit.TestMax, limit.Token);
        foreach (var step in new byte[][][] { [Old, New], [New, Old] })
        {
            ReplaceAll(keys, step);
            Assert.Equal(0, transports.Values.Sum(t => t.RetiredConnections));
        }

        Assert.True(stranger.IsQuiet);
        ReplaceAll(keys, New);
        await EndsAsync(stranger, limit.Token);
        for (var version = 0L; transports.Values.Any(t => t.RetiredConnections > 0);)
        {
            version = await leader.AppendNextAsync(version, "meanwhile", limit.Token);
        }

        await TalkAsync(cluster, limit.Token);
        Assert.Equal(0, transports.Values.Sum(t => t.RetiredConnections));
        Assert.Equal(before, leader.Leadership);
    }

    private static async Task EndsAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        try
        {
            Assert.Equal(0, await stream.ReadAsync(new byte[1], cancellationToken));
        }
        catch (IOException)
        {
            // Cut without a word.
        }
    }

    private static void ReplaceAll(Dictionary<string, TransportKeys> keys, params byte[][] seeds)
    {
        foreach (var own in keys.Values)
        {
            own.Replace(seeds);
        }
    }

    /// <summary>Everybody opens connections of every kind to everybody.</summary>
    private static async Task TalkAsync(DotNextLogCluster cluster, CancellationToken cancellationToken)
    {
        foreach (var from in Names)
        {
            cluster.Log(from).Requests.Serve(Kind, (r, _) => ValueTask.FromResult(r.Body));
        }

        foreach (var (from, to) in Names.SelectMany(_ => Names, (from, to) => (from, to)).Where(p => p.from != p.to))
        {
            cluster.Log(from).Peers.Send(to, Bytes("frame"));
            Assert.Equal(4, (await cluster.Log(from).Requests.AskAsync(to, Kind, Bytes("body"), cancellationToken)).Length);
        }
    }
}

using System.Net;
using System.Net.Sockets;
using Drcm.Integration.Tests.Stories.Clusters;
using Drcm.StateMachine.Control;
using Xunit;

namespace Drcm.Integration.Tests.Stories;

/// <summary>Somebody on the wire sends what is not ours.</summary>
[Collection(RealHosts.Name)]
public sealed class GarbageStories(HostsFixture hosts)
{
    private const int Port = 53897;
    private const int Datagrams = 200;
    private const int Connections = 20;

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Garbage_OnBothPorts_ChangesNothingButCounters()
    {
        var cluster = await hosts.HealthyAsync();
        var target = cluster.Daemons[0];
        var before = await cluster.StatusAsync(target, Test);
        var random = new Random(20261122);
        using (var udp = cluster.Network.Client.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        {
            for (var i = 0; i < Datagrams; i++)
                await udp.SendToAsync(Noise(random, 1400), new IPEndPoint(target.Host.Address, Port), Test);
        }
        for (var i = 0; i < Connections; i++) await ConnectAsync(cluster, target, Noise(random, 4096));
        var after = await cluster.UntilAsync(
            target, "every datagram and connection is counted",
            s => Count(s, "datagrams_rejected") - Count(before, "datagrams_rejected") >= Datagrams
                && Count(s, "connections_rejected") - Count(before, "connections_rejected") >= Connections,
            Test);
        Assert.Equal(ClusterOfHosts.Tokens(before), ClusterOfHosts.Tokens(after));
        Assert.Equal((before.Cluster.Leader, before.Cluster.Term), (after.Cluster.Leader, after.Cluster.Term));
        Assert.True(ClusterOfHosts.IsAtHome(after));
    }

    /// <summary>The other end may close before all is written: that is its right.</summary>
    private static async Task ConnectAsync(ClusterOfHosts cluster, HostDaemon target, byte[] bytes)
    {
        using var tcp = cluster.Network.Client.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await tcp.ConnectAsync(target.Host.Address, Port, Test);
        try
        {
            await tcp.SendAsync(bytes, Test);
            await tcp.ReceiveAsync(new byte[1], Test);
        }
        catch (SocketException)
        {
            return;
        }
    }

    private static byte[] Noise(Random random, int max)
    {
        var bytes = new byte[random.Next(1, max)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static long Count(ClusterStatus status, string counter) => status.Counters.Where(c => c.Name == counter).Sum(c => c.Count);
}

using System.Net;
using System.Net.Sockets;
using Drcm.Consensus.Tests.Support;
using static Drcm.Consensus.Tests.Support.LogClusterExtensions;

namespace Drcm.Consensus.Tests.Transport;

public sealed class UninvitedConnectionTests
{
    public static TheoryData<string> Openings => new("GET / HTTP/1.1\r\n\r\n", "DRC1X", "DRC2R", "\0\0\0\0\0", "DR");

    [Theory]
    [MemberData(nameof(Openings))]
    public async Task Connect_WithoutValidPreamble_ClosedAndCountedOnly(string opening)
    {
        using var limit = new Limit();
        await using var cluster = await DotNextLogCluster.StartAsync(limit.Token, "only");
        await cluster["only"].UntilAsync(l => l.IsSelf, limit.Token);
        var rejected = cluster.Log("only").Counters.RejectedConnections;
        using var client = await ConnectAsync(cluster.Members["only"], limit.Token);
        await client.SendAsync(Bytes(opening), limit.Token);
        client.Shutdown(SocketShutdown.Send);
        await ClosedByTheOtherSideAsync(client, limit.Token);
        Assert.Equal(rejected + 1, cluster.Log("only").Counters.RejectedConnections);
        Assert.Equal(AppendStatus.Committed, (await cluster["only"].AppendAsync(0, Bytes("goes on"), limit.Token)).Status);
    }

    [Fact]
    public async Task Connect_SayingNothing_ClosedAfterTheTimeout()
    {
        using var limit = new Limit();
        await using var cluster = await DotNextLogCluster.StartAsync(limit.Token, "only");
        using var client = await ConnectAsync(cluster.Members["only"], limit.Token);
        await ClosedByTheOtherSideAsync(client, limit.Token);
        Assert.Equal(1, cluster.Log("only").Counters.RejectedConnections);
    }

    [Theory]
    [InlineData("DRC1R")]
    [InlineData("DRC1P")]
    public async Task Connect_GarbageBehindAPreamble_ChangesNothing(string preamble)
    {
        using var limit = new Limit();
        await using var cluster = await DotNextLogCluster.StartAsync(limit.Token, "only");
        await cluster["only"].UntilAsync(l => l.IsSelf, limit.Token);
        using var client = await ConnectAsync(cluster.Members["only"], limit.Token);
        await client.SendAsync(Bytes(preamble), limit.Token);
        await client.SendAsync(Enumerable.Repeat((byte)0xEE, 4096).ToArray(), limit.Token);
        client.Shutdown(SocketShutdown.Send);
        await ClosedByTheOtherSideAsync(client, limit.Token);
        Assert.Equal(AppendStatus.Committed, (await cluster["only"].AppendAsync(0, Bytes("goes on"), limit.Token)).Status);
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(endPoint, cancellationToken);
        return client;
    }

    private static async Task ClosedByTheOtherSideAsync(Socket client, CancellationToken cancellationToken)
    {
        var buffer = new byte[256];
        try
        {
            while (await client.ReceiveAsync(buffer, cancellationToken) > 0)
            {
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Closed with bytes unread: a reset is how TCP says so.
        }
    }
}

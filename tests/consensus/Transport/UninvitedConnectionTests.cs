using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Drcm.Consensus.Tests.Support;
using Drcm.Consensus.Transport;
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
    [InlineData("without a certificate")]
    [InlineData("with another key")]
    [InlineData("TLS 1.2")]
    public async Task Handshake_WithoutProofOfTheKey_ClosedAndCountedOnly(string how)
    {
        using var limit = new Limit();
        await using var cluster = await DotNextLogCluster.StartAsync(limit.Token, "only");
        await cluster["only"].UntilAsync(l => l.IsSelf, limit.Token);
        var rejected = cluster.Log("only").Counters.RejectedConnections;
        using var client = await ConnectAsync(cluster.Members["only"], limit.Token);
        await using var tls = new SslStream(new NetworkStream(client), leaveInnerStreamOpen: true);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "drcm",
            EnabledSslProtocols = how == "TLS 1.2" ? SslProtocols.Tls12 : SslProtocols.Tls13,
            ClientCertificateContext = how == "without a certificate" ? null : how == "TLS 1.2" ? Secret.Keys().Shown : Secret.Keys("another").Shown,
#pragma warning disable CA5359 // A stranger does not care whom it talks to.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        };
        try
        {
            await tls.AuthenticateAsClientAsync(options, limit.Token);
            await tls.WriteAsync(Preamble.Of(Preamble.Peer, "stranger").ToBytes(), limit.Token);
            Assert.Null(await Preamble.ReadAsync(tls, limit.Token));
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // Refused at the handshake, or closed before any answer.
        }

        await ClosedByTheOtherSideAsync(client, limit.Token);
        Assert.Equal(rejected + 1, cluster.Log("only").Counters.RejectedConnections);
        Assert.Equal(AppendStatus.Committed, (await cluster["only"].AppendAsync(0, Bytes("goes on"), limit.Token)).Status);
    }

    [Theory]
    [InlineData(Preamble.NewestVersion + 1, Preamble.Raft)]
    [InlineData(Preamble.NewestVersion, (byte)'X')]
    public async Task Preamble_OfAnotherRelease_RefusedAndNamed(byte oldest, byte kind)
    {
        using var limit = new Limit();
        await using var cluster = await DotNextLogCluster.StartAsync(limit.Token, "only");
        using var client = await ConnectAsync(cluster.Members["only"], limit.Token);
        await using var tls = new PeerStream(client, Secret.Keys());
        await tls.ProveAsClientAsync(limit.Token);
        await tls.WriteAsync(new Preamble(oldest, 200, kind, "later").ToBytes(), limit.Token);
        var answer = await Preamble.ReadAsync(tls, limit.Token);
        Assert.Equal(0, answer!.Kind);
        await ClosedByTheOtherSideAsync(client, limit.Token);
        Assert.Contains(cluster.Log("only").RefusedPeers.Newest, r => r.Reason.Contains("later", StringComparison.Ordinal) && r.Reason.Contains("200", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Preamble.Raft)]
    [InlineData(Preamble.Peer)]
    [InlineData(Preamble.Request)]
    public async Task Connection_GarbageBehindThePreamble_ChangesNothing(byte kind)
    {
        using var limit = new Limit();
        await using var cluster = await DotNextLogCluster.StartAsync(limit.Token, "only");
        await cluster["only"].UntilAsync(l => l.IsSelf, limit.Token);
        using var client = await ConnectAsync(cluster.Members["only"], limit.Token);
        await using var tls = new PeerStream(client, Secret.Keys());
        await tls.ProveAsClientAsync(limit.Token);
        await tls.WriteAsync(Preamble.Of(kind, "stranger").ToBytes(), limit.Token);
        Assert.NotNull(await Preamble.ReadAsync(tls, limit.Token));
        await tls.WriteAsync(Enumerable.Repeat((byte)0xEE, 4096).ToArray(), limit.Token);
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

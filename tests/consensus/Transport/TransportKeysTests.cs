using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Drcm.Consensus.Tests.Support;
using Drcm.Consensus.Transport;

namespace Drcm.Consensus.Tests.Transport;

public sealed class TransportKeysTests
{
    /// <summary>The order of P-256's group and zero are no private keys, but may come out of a derivation.</summary>
    [Theory]
    [InlineData("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public void Seed_ThatIsNoScalar_StillMakesTheSameKeyEverywhere(string seed)
    {
        var (one, other) = (new TransportKeys(Convert.FromHexString(seed)), new TransportKeys(Convert.FromHexString(seed)));
        Assert.True(one.Accepts(other.Shown.TargetCertificate));
    }

    [Fact]
    public void Accepts_NothingOrAnotherKey_No()
    {
        var keys = Secret.Keys();
        Assert.False(keys.Accepts(null));
        Assert.False(keys.Accepts(Secret.Keys("another").Shown.TargetCertificate));
    }

    [Fact]
    public void Seed_OfAnotherLength_Refused() => Assert.Throws<ArgumentException>(() => new TransportKeys(new byte[31]));

    /// <summary>OWNERSHIP O22: accept both, send new, retire old.</summary>
    [Theory]
    [InlineData("old", "old", "old", "old", true)]
    [InlineData("old,new", "old", "old", "old", true)]
    [InlineData("new,old", "old,new", "old,new", "new,old", true)]
    [InlineData("new", "old", "old", "new", false)]
    [InlineData("new", "old,new", "new,old", "new", true)]
    public async Task Handshake_InTheMiddleOfARotation_AsBothSidesAccept(string client, string server, string server2, string client2, bool succeeds)
    {
        Assert.Equal(succeeds, await HandshakeAsync(client, server));
        Assert.Equal(succeeds, await HandshakeAsync(client2, server2));
    }

    private static TransportKeys Keys(string secrets) => new([.. secrets.Split(',').Select(Secret.Seed)]);

    private static async Task<bool> HandshakeAsync(string clientSecrets, string serverSecrets)
    {
        using var limit = new Limit();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndpoint, limit.Token);
        using var server = await listener.AcceptSocketAsync(limit.Token);
        await using var clientStream = new PeerStream(client, Keys(clientSecrets));
        var accepting = AcceptAsync(server, Keys(serverSecrets), limit.Token);
        try
        {
            await clientStream.ProveAsClientAsync(limit.Token);
            return await accepting;
        }
        catch (AuthenticationException)
        {
            client.Dispose();
            return await accepting;
        }
    }

    private static async Task<bool> AcceptAsync(Socket server, TransportKeys keys, CancellationToken cancellationToken)
    {
        await using var stream = new PeerStream(server, keys);
        try
        {
            await stream.ProveAsServerAsync(cancellationToken);
            return true;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return false;
        }
    }
}

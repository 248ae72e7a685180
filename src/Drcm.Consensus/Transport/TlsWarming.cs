using System.Net.Sockets;
using System.Security.Authentication;

namespace Drcm.Consensus.Transport;

/// <summary>One handshake with ourselves, at the start of the daemon: the first one of a process loads the TLS library and compiles what carries it, which
/// would count against the first election.</summary>
public static class TlsWarming
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(5);

    /// <summary>Never fails: what cannot be warmed is slower once.</summary>
    public static async Task RunAsync(TransportKeys keys, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeMax);
        try
        {
            await ShakeHandsAsync(keys, deadline.Token);
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            // The first real handshake then does what this one could not, and says what is wrong.
        }
    }

    /// <summary>Over a socket without a port or a file: an abstract name that nobody can guess.</summary>
    private static async Task ShakeHandsAsync(TransportKeys keys, CancellationToken cancellationToken)
    {
        var place = new UnixDomainSocketEndPoint($"\0drcm-warming-{Guid.NewGuid():N}");
        using var listener = Open();
        listener.Bind(place);
        listener.Listen(1);
        var accepting = listener.AcceptAsync(cancellationToken).AsTask();
        var connecting = Open();
        await connecting.ConnectAsync(place, cancellationToken);
        await using var client = new PeerStream(connecting, keys);
        await using var server = new PeerStream(await accepting, keys);
        await Task.WhenAll(server.ProveAsServerAsync(cancellationToken), client.ProveAsClientAsync(cancellationToken));
        await client.WriteAsync(Preamble.Of(Preamble.Raft, "").ToBytes(), cancellationToken);
        await Preamble.ReadAsync(server, cancellationToken);
        await server.WriteAsync(Preamble.Of(Preamble.Raft, "").ToBytes(), cancellationToken);
        await Preamble.ReadAsync(client, cancellationToken);
    }

    private static Socket Open() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}

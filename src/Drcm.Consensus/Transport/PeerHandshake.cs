using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Drcm.Consensus.Transport;

/// <summary>Opens connections between members, either side: TLS, then who we are and which protocol versions we speak.</summary>
internal sealed class PeerHandshake(string self, TransportKeys keys, RefusedPeers refused, TransportCounters counters)
{
    /// <summary>Connects from <paramref name="localAddress"/> (null: the system chooses).</summary>
    /// <exception cref="SocketException">Not reached, or refused.</exception>
    public async ValueTask<PeerStream> ConnectAsync(
        IPEndPoint remote, IPAddress? localAddress, byte kind, TimeSpan connectTimeout, TimeSpan handshakeTimeout, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(connectTimeout);
        var socket = await SocketSetup.ConnectAsync(remote, localAddress, deadline.Token);
        var stream = new PeerStream(socket, keys);
        try
        {
            deadline.CancelAfter(handshakeTimeout);
            await stream.ProveAsClientAsync(deadline.Token);
            await stream.WriteAsync(Preamble.Of(kind, self).ToBytes(), deadline.Token);
            var answer = await Preamble.ReadAsync(stream, deadline.Token);
            if (answer is not { Kind: not 0 })
            {
                refused.Note(remote.Address, answer is null
                    ? "it does not speak this protocol"
                    : $"its name is {answer.Name}, it speaks protocol {answer.Oldest} to {answer.Newest}, this node {Preamble.OldestVersion} to {Preamble.NewestVersion}; update the older one");
                throw new SocketException((int)SocketError.ProtocolNotSupported);
            }

            stream.PeerName = answer.Name;
            return stream;
        }
        catch (AuthenticationException)
        {
            refused.Note(remote.Address, RefusedPeers.OtherKey);
            await stream.DisposeAsync();
            throw new SocketException((int)SocketError.ConnectionRefused);
        }
        catch (IOException)
        {
            // In TLS 1.3 a client learns only at its first read that its certificate was refused.
            await stream.DisposeAsync();
            throw new SocketException((int)SocketError.ConnectionReset);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <param name="isServed">Whether a kind of connection is of use now: one that is not is closed before it is answered.</param>
    /// <returns>Null when the other side may not come in; it is counted and closed.</returns>
    public async ValueTask<(PeerStream Stream, Preamble Preamble)?> AcceptAsync(Socket socket, Func<byte, bool> isServed, CancellationToken cancellationToken)
    {
        var stream = new PeerStream(socket, keys);
        try
        {
            SocketSetup.Apply(socket);
            await stream.ProveAsServerAsync(cancellationToken);
            if (await Preamble.ReadAsync(stream, cancellationToken) is { } preamble && isServed(preamble.Kind))
            {
                var isWelcome = preamble.CommonVersion is not null && preamble.Kind is Preamble.Raft or Preamble.Peer or Preamble.Request;
                await stream.WriteAsync(Preamble.Of(isWelcome ? preamble.CommonVersion!.Value : (byte)0, self).ToBytes(), cancellationToken);
                if (isWelcome)
                {
                    return (stream, preamble);
                }

                Note(socket, $"its name is {preamble.Name}, it speaks protocol {preamble.Oldest} to {preamble.Newest}, this node {Preamble.OldestVersion} to {Preamble.NewestVersion}; update the older one");
            }
        }
        catch (AuthenticationException)
        {
            Note(socket, RefusedPeers.OtherKey);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // Gone, silent, or no TLS at all.
        }

        counters.CountRejected();
        await stream.DisposeAsync();
        return null;
    }

    private void Note(Socket socket, string reason)
    {
        if (socket.RemoteEndPoint is IPEndPoint remote)
        {
            refused.Note(remote.Address, reason);
        }
    }
}

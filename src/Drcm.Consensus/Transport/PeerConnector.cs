using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Drcm.Consensus.Transport;

/// <summary>Opens the engine's outgoing connections. An election of the engine waits for the answer of every member, the dead ones too;
/// so a peer that has just been silent for a whole timeout is refused at once for <see cref="SilenceMemory"/> instead of being waited for again.
/// A refused connection (host up, daemon down) costs nothing and is always tried.</summary>
internal sealed class PeerConnector(PeerHandshake handshake, IPAddress? localAddress, TimeSpan connectTimeout, TimeSpan requestTimeout, TransportCounters counters)
    : IConnectionFactory
{
    /// <summary>Shorter than any election timeout: a peer that lives again is found before it could be missed.</summary>
    private static readonly TimeSpan SilenceMemory = TimeSpan.FromMilliseconds(250);

    /// <summary>Part of the request timeout that a request must have waited to count as silence rather than as cancelled.</summary>
    private const double SilentPart = 0.8;

    private readonly ConcurrentDictionary<EndPoint, long> _silentSince = new();
    private readonly ConcurrentDictionary<SocketConnection, byte> _open = new();

    /// <summary>Called with the name of each member to which a connection was opened, before anything is sent.</summary>
    public Action<string>? Met { get; set; }

    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (_silentSince.TryGetValue(endpoint, out var since))
        {
            if (Stopwatch.GetElapsedTime(since) < SilenceMemory)
            {
                counters.CountFailedConnect();
                throw new SocketException((int)SocketError.HostDown);
            }

            _silentSince.TryRemove(new(endpoint, since));
        }

        try
        {
            var stream = await handshake.ConnectAsync(
                (IPEndPoint)endpoint, localAddress, Preamble.Raft, connectTimeout, requestTimeout, cancellationToken);
            Met?.Invoke(stream.PeerName);
            SocketConnection connection = new(stream) { OnDisposed = (closed, unanswered) => OnDisposed(closed, endpoint, unanswered) };
            _open.TryAdd(connection, 0);
            return connection;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            MarkSilent(endpoint);
            counters.CountFailedConnect();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch (SocketException)
        {
            counters.CountFailedConnect();
            throw;
        }
    }

    /// <summary>Closes one connection that was made with a key which is not accepted any more.</summary>
    /// <returns>False when there is none.</returns>
    public bool CloseRetired()
    {
        foreach (var connection in _open.Keys)
        {
            if (connection.IsRetired && _open.TryRemove(connection, out _))
            {
                connection.Abort();
                return true;
            }
        }

        return false;
    }

    private void OnDisposed(SocketConnection closed, EndPoint endpoint, TimeSpan unanswered)
    {
        _open.TryRemove(closed, out _);
        if (unanswered >= requestTimeout * SilentPart)
        {
            MarkSilent(endpoint);
        }
    }

    private void MarkSilent(EndPoint endpoint) => _silentSince[endpoint] = Stopwatch.GetTimestamp();
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Drcm.Consensus.Transport;

/// <summary>Owns the log's TCP port. A connection that opens with a valid preamble in time goes to the engine, to the peer channel or to the requests;
/// every other one is closed and counted, whatever it sends. While no engine has bound, its connections are closed.</summary>
internal sealed class PeerListener(
    IPEndPoint endPoint, PeerHandshake handshake, TimeSpan preambleTimeout, Func<int> connectionsMax, TransportCounters counters,
    Func<PeerStream, CancellationToken, Task> servePeer, Func<PeerStream, string, CancellationToken, Task> serveRequests)
    : IConnectionListenerFactory, IAsyncDisposable
{
    private const int Backlog = 128;

    /// <summary>Connections that may be waiting for their preamble at one time; the next one is closed.</summary>
    private const int HandshakesMax = 64;
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(3);

    private readonly Channel<SocketConnection> _raft = Channel.CreateBounded<SocketConnection>(HandshakesMax);
    private readonly ConcurrentDictionary<SocketConnection, byte> _open = new();
    private readonly ConcurrentDictionary<PeerStream, byte> _accepted = new();
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private readonly CancellationTokenSource _stop = new();
    private Socket? _socket;
    private Task _accepting = Task.CompletedTask;
    private int _handshakes;
    private int _connections;
    private int _engines;

    /// <summary>Called with the name of each member that opens a connection of the engine, before any of its bytes are read.</summary>
    public Action<string>? Met { get; set; }

    /// <summary>Connections of every kind that were made with a key which is not accepted any more.</summary>
    public IEnumerable<PeerStream> Retired => _accepted.Keys.Where(s => s.IsRetired);

    /// <summary>Opens the port.</summary>
    /// <exception cref="TransportUnavailableException">The address is not ours, or taken.</exception>
    public void Start()
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            socket.Listen(Backlog);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new TransportUnavailableException(
                $"cannot listen on TCP {endPoint}: {e.Message}; stop the process that uses it, or correct the node's address and tcpport in cm.cfg", e);
        }

        _socket = socket;
        _accepting = AcceptAsync(socket);
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _engines);
        return ValueTask.FromResult<IConnectionListener>(new RaftConnections(this));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket?.Dispose();
        await _accepting;
        _raft.Writer.TryComplete();
        DropUnclaimed();
        await CloseOpenAsync();
        await Task.WhenAny(Task.WhenAll(_running.Keys), Task.Delay(ReleaseTimeout, CancellationToken.None));
    }

    private async Task CloseOpenAsync()
    {
        foreach (var connection in _open.Keys)
        {
            connection.Abort();
        }

        await Task.WhenAny(Task.WhenAll(_open.Keys.Select(c => c.Disposed)), Task.Delay(ReleaseTimeout, CancellationToken.None));
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(_stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                counters.CountRejected();
                continue;
            }

            if (Volatile.Read(ref _handshakes) >= HandshakesMax || Volatile.Read(ref _connections) >= connectionsMax())
            {
                Reject(socket);
                continue;
            }

            Interlocked.Increment(ref _handshakes);
            Interlocked.Increment(ref _connections);
            var serving = ServeAsync(socket);
            _running.TryAdd(serving, 0);
            _ = serving.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        (PeerStream Stream, Preamble Preamble)? opened;
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            deadline.CancelAfter(preambleTimeout);
            opened = await handshake.AcceptAsync(socket, kind => kind != Preamble.Raft || Volatile.Read(ref _engines) > 0, deadline.Token);
        }
        finally
        {
            Interlocked.Decrement(ref _handshakes);
        }

        if (opened is { } accepted)
        {
            _accepted.TryAdd(accepted.Stream, 0);
        }

        switch (opened)
        {
            case ({ } stream, { Kind: Preamble.Raft } preamble):
                Met?.Invoke(preamble.Name);
                HandToEngine(stream);
                return;
            case ({ } stream, { Kind: Preamble.Peer }):
                counters.CountAccepted();
                await servePeer(stream, _stop.Token);
                await LetGoAsync(stream);
                break;
            case ({ } stream, { Kind: Preamble.Request } preamble):
                counters.CountAccepted();
                await serveRequests(stream, preamble.Name, _stop.Token);
                await LetGoAsync(stream);
                break;
            default:
                break;
        }

        Interlocked.Decrement(ref _connections);
    }

    private ValueTask LetGoAsync(PeerStream stream)
    {
        _accepted.TryRemove(stream, out _);
        return stream.DisposeAsync();
    }

    private void HandToEngine(PeerStream stream)
    {
        var connection = new SocketConnection(stream)
        {
            OnDisposed = (closed, unanswered) =>
            {
                _open.TryRemove(closed, out _);
                _accepted.TryRemove(stream, out _);
                Interlocked.Decrement(ref _connections);
            },
        };
        _open.TryAdd(connection, 0);
        if (Volatile.Read(ref _engines) > 0 && _raft.Writer.TryWrite(connection))
        {
            counters.CountAccepted();
        }
        else
        {
            counters.CountRejected();
            connection.Dispose();
        }
    }

    private void DropUnclaimed()
    {
        while (_raft.Reader.TryRead(out var unclaimed))
        {
            unclaimed.Dispose();
        }
    }

    private void Reject(Socket socket)
    {
        counters.CountRejected();
        socket.Dispose();
    }

    /// <summary>What the engine gets when it asks for a listener: the connections whose preamble said Raft.</summary>
    private sealed class RaftConnections(PeerListener owner) : IConnectionListener
    {
        private int _isDisposed;

        public EndPoint EndPoint => owner._socket?.LocalEndPoint ?? new IPEndPoint(IPAddress.None, 0);

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await owner._raft.Reader.WaitToReadAsync(cancellationToken))
            {
                if (owner._raft.Reader.TryRead(out var connection))
                {
                    return connection;
                }
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        /// <summary>Ends when the engine has let go of its connections: another one may follow on the same port.</summary>
        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0 && Interlocked.Decrement(ref owner._engines) == 0)
            {
                owner.DropUnclaimed();
                await owner.CloseOpenAsync();
            }
        }
    }
}

using System.IO.Pipelines;
using System.Net;
using Drcm.Consensus.Transport;
using Microsoft.AspNetCore.Connections;

namespace Drcm.Consensus.Tests.Support;

/// <summary>The engine's connections of a host that dies when it has sent so many bytes to one other: from then on nothing leaves it, and when its process was killed,
/// rather than its host lost, the connections end as well.</summary>
internal sealed class DyingTransport(ILogTransport inner) : ILogTransport, IConnectionFactory, IConnectionListenerFactory
{
    private readonly TaskCompletionSource _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _sync = new();
    private readonly List<ConnectionContext> _open = [];
    private IPEndPoint? _watched;
    private long _bytesLeft;
    private bool _endsConnections;

    public Task Died => _died.Task;

    public IConnectionListenerFactory Incoming => this;

    public IConnectionFactory Outgoing => this;

    public IPeerChannel Peers => inner.Peers;

    public IPeerRequests Requests => inner.Requests;

    public Action<byte, ReadOnlyMemory<byte>>? ReceivedInternal
    {
        get => inner.ReceivedInternal;
        set => inner.ReceivedInternal = value;
    }

    public Action<string>? Met
    {
        get => inner.Met;
        set => inner.Met = value;
    }

    /// <summary>To be called before anything is sent to <paramref name="member"/>.</summary>
    public void DieAfter(long bytes, IPEndPoint member, bool endsConnections) => (_bytesLeft, _watched, _endsConnections) = (bytes, member, endsConnections);

    public void SetPeers(IReadOnlyDictionary<string, IPEndPoint> peers) => inner.SetPeers(peers);

    public void Listen() => inner.Listen();

    public void StartSending() => inner.StartSending();

    public bool CloseRetired() => inner.CloseRetired();

    public void Send(string member, byte kind, ReadOnlySpan<byte> frame) => inner.Send(member, kind, frame);

    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        Watch(await inner.Outgoing.ConnectAsync(endpoint, cancellationToken), endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await inner.Incoming.BindAsync(endpoint, cancellationToken), this);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private ConnectionContext Watch(ConnectionContext connection, EndPoint? remote)
    {
        lock (_sync)
        {
            _open.Add(connection);
        }

        var output = PipeWriter.Create(new Mouth(this, connection.Transport.Output.AsStream(), remote));
        connection.Transport = new Pipes(connection.Transport.Input, output);
        return connection;
    }

    /// <summary>How many of the bytes that are about to be sent leave the host.</summary>
    private int Pass(EndPoint? remote, int bytes)
    {
        lock (_sync)
        {
            if (Died.IsCompleted)
            {
                return 0;
            }

            if (_watched is null || !_watched.Equals(remote))
            {
                return bytes;
            }

            var passed = (int)Math.Min(bytes, _bytesLeft);
            _bytesLeft -= passed;
            return passed;
        }
    }

    private void Die()
    {
        lock (_sync)
        {
            if (_endsConnections)
            {
                _open.ForEach(c => c.Abort());
            }
        }

        _died.TrySetResult();
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class Mouth(DyingTransport owner, Stream target, EndPoint? remote) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var passed = owner.Pass(remote, buffer.Length);
            await target.WriteAsync(buffer[..passed], cancellationToken);
            await target.FlushAsync(cancellationToken);
            if (passed < buffer.Length)
            {
                owner.Die();
            }
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Listener(IConnectionListener inner, DyingTransport owner) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await inner.AcceptAsync(cancellationToken) is { } connection ? owner.Watch(connection, null) : null;

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

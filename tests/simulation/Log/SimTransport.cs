using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Drcm.Consensus;
using Drcm.Consensus.Transport;
using Microsoft.AspNetCore.Connections;

namespace Drcm.Simulation.Log;

/// <summary>A member's place in the simulated network.</summary>
internal sealed class SimTransport(SimNetwork network, string self, TimeSpan connectTimeout)
    : ILogTransport, IPeerChannel, IPeerRequests, IConnectionListenerFactory, IConnectionListener, IConnectionFactory
{
    private const int BacklogMax = 64;

    /// <summary>An answer is waited for so many times longer than a connection.</summary>
    private const int RequestPatience = 10;
    private readonly Channel<SimConnection> _incoming = Channel.CreateBounded<SimConnection>(BacklogMax);
    private readonly CancellationTokenSource _stop = new();
    private readonly RequestHandlers _handlers = new();

    public IConnectionListenerFactory Incoming => this;

    public IConnectionFactory Outgoing => this;

    public IPeerChannel Peers => this;

    public IPeerRequests Requests => this;

    public Action<byte, ReadOnlyMemory<byte>>? ReceivedInternal { get; set; }

    public Action<ReadOnlyMemory<byte>>? Received { get; set; }

    public Action<string>? Met { get; set; }

    public EndPoint EndPoint => network.Members[self];

    public void SetPeers(IReadOnlyDictionary<string, IPEndPoint> peers)
    {
        // The network knows everybody.
    }

    public void Listen() => network.Listen(self, this);

    public void StartSending()
    {
        // Frames go straight to the other member.
    }

    public bool CloseRetired() => false;

    public void Send(string member, byte kind, ReadOnlySpan<byte> frame) => _ = SendAsync(member, kind, frame.ToArray());

    public void Send(string member, ReadOnlyMemory<byte> frame) => throw new NotSupportedException("keep-alives are not simulated here");

    public void Serve(byte kind, Func<PeerRequest, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> handler) => _handlers.Set(kind, handler);

    public async ValueTask<ReadOnlyMemory<byte>> AskAsync(string member, byte kind, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        deadline.CancelAfter(connectTimeout * RequestPatience);
        SimTransport? other = null;
        try
        {
            await network.Between(self, member).PassAsync(deadline.Token);
            other = network.At(member) ?? throw new PeerUnreachableException($"{member} is down", mayHaveArrived: false);
            var (status, body) = await other._handlers.AnswerAsync(kind, new(self, request), deadline.Token);
            await network.Between(member, self).PassAsync(deadline.Token);
            return network.At(member) == other
                ? RequestHandlers.Open(member, kind, status, body)
                : throw new PeerUnreachableException($"{member} went down", mayHaveArrived: true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PeerUnreachableException($"{member} is silent", mayHaveArrived: other is not null);
        }
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(this);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _incoming.Reader.WaitToReadAsync(cancellationToken) && _incoming.Reader.TryRead(out var connection) ? connection : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var other = network.NameOf(endpoint);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        deadline.CancelAfter(connectTimeout);
        try
        {
            await network.Between(self, other).PassAsync(deadline.Token);
            await network.Between(other, self).PassAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }

        if (network.At(other) is not { } listener)
        {
            throw new SocketException((int)SocketError.ConnectionRefused);
        }

        var (client, server) = SimConnection.Open(network, self, other);
        if (!listener._incoming.Writer.TryWrite(server))
        {
            client.Abort();
            throw new SocketException((int)SocketError.ConnectionRefused);
        }

        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        network.Leave(self);
        _incoming.Writer.TryComplete();
    }

    private async Task SendAsync(string member, byte kind, byte[] frame)
    {
        var link = network.Between(self, member);
        if (!link.IsCut)
        {
            await link.PassAsync(CancellationToken.None);
            network.At(member)?.ReceivedInternal?.Invoke(kind, frame);
        }
    }
}

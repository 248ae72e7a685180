using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Drcm.Consensus;
using Drcm.Consensus.Transport;
using Microsoft.AspNetCore.Connections;

namespace Drcm.Simulation.Log;

/// <summary>A member's place in the simulated network.</summary>
internal sealed class SimTransport(SimNetwork network, string self, TimeSpan connectTimeout)
    : ILogTransport, IPeerChannel, IConnectionListenerFactory, IConnectionListener, IConnectionFactory
{
    private const int BacklogMax = 64;
    private readonly Channel<SimConnection> _incoming = Channel.CreateBounded<SimConnection>(BacklogMax);
    private readonly CancellationTokenSource _stop = new();

    public IConnectionListenerFactory Incoming => this;

    public IConnectionFactory Outgoing => this;

    public IPeerChannel Peers => this;

    public Action<byte, ReadOnlyMemory<byte>>? ReceivedInternal { get; set; }

    public Action<ReadOnlyMemory<byte>>? Received { get; set; }

    public EndPoint EndPoint => network.Members[self];

    public void Listen() => network.Listen(self, this);

    public void StartSending()
    {
        // Frames go straight to the other member.
    }

    public void Send(string member, byte kind, ReadOnlySpan<byte> frame) => _ = SendAsync(member, kind, frame.ToArray());

    public void Send(string member, ReadOnlyMemory<byte> frame) => throw new NotSupportedException("keep-alives are not simulated here");

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

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Drcm.Consensus.Transport;

/// <summary>Frames between members beside Raft: a length (4 bytes, little endian, the kind included), a kind byte, the frame.</summary>
internal sealed class TcpPeerChannel : IPeerChannel, IAsyncDisposable
{
    /// <summary>A keep-alive with every report of a hundred nodes stays far below.</summary>
    public const int FrameBytesMax = 64 * 1024;
    public const byte UserFrame = 0;

    /// <summary>Frames waiting for one peer; older ones are worth less than newer ones.</summary>
    private const int QueuedFramesMax = 64;
    private const int PrefixBytes = sizeof(int) + 1;
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BackOffMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BackOffMax = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Channel<byte[]>> _queues = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IPEndPoint> _peers;
    private readonly string _self;
    private readonly PeerHandshake _handshake;
    private readonly IPAddress? _localAddress;
    private readonly TimeSpan _connectTimeout;
    private readonly TransportCounters _counters;
    private readonly CancellationTokenSource _stop = new();
    private Task _sending = Task.CompletedTask;

    public TcpPeerChannel(
        string self, IReadOnlyDictionary<string, IPEndPoint> members, PeerHandshake handshake, IPAddress? localAddress, TimeSpan connectTimeout,
        TransportCounters counters)
    {
        (_self, _handshake, _localAddress, _connectTimeout, _counters) = (self, handshake, localAddress, connectTimeout, counters);
        _peers = members.Where(m => m.Key != self).ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal);
        foreach (var peer in _peers.Keys)
        {
            _queues[peer] = Channel.CreateBounded<byte[]>(
                new BoundedChannelOptions(QueuedFramesMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
                _ => _counters.CountFrameDropped());
        }
    }

    public Action<ReadOnlyMemory<byte>>? Received { get; set; }

    /// <summary>As <see cref="Received"/>, for the frames that the log itself exchanges; gets the kind.</summary>
    public Action<byte, ReadOnlyMemory<byte>>? ReceivedInternal { get; set; }

    public void Start() => _sending = Task.WhenAll(_peers.Select(p => SendAsync(p.Value, _queues[p.Key].Reader)));

    public void Send(string member, ReadOnlyMemory<byte> frame) => Send(member, UserFrame, frame.Span);

    public void Send(string member, byte kind, ReadOnlySpan<byte> frame)
    {
        if (frame.Length is 0 or > FrameBytesMax)
        {
            throw new ArgumentException($"a frame has 1 to {FrameBytesMax} bytes, this one {frame.Length}", nameof(frame));
        }

        if (!_queues.TryGetValue(member, out var queue))
        {
            if (member == _self)
            {
                return;
            }

            throw new ArgumentException($"'{member}' is no member", nameof(member));
        }

        var bytes = new byte[PrefixBytes + frame.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, frame.Length + 1);
        bytes[sizeof(int)] = kind;
        frame.CopyTo(bytes.AsSpan(PrefixBytes));
        queue.Writer.TryWrite(bytes);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending;
    }

    /// <summary>Reads frames until the peer closes, breaks the format, or the listener stops.</summary>
    public async Task ServeAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        var prefix = new byte[PrefixBytes];
        try
        {
            while (true)
            {
                await stream.ReadExactlyAsync(prefix, cancellationToken);
                var length = BinaryPrimitives.ReadInt32LittleEndian(prefix) - 1;
                if (length is <= 0 or > FrameBytesMax)
                {
                    _counters.CountRejected();
                    return;
                }

                var frame = new byte[length];
                await stream.ReadExactlyAsync(frame, cancellationToken);
                Deliver(prefix[sizeof(int)], frame);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private void Deliver(byte kind, byte[] frame)
    {
        _counters.CountFrameReceived();
        if (kind == UserFrame)
        {
            Received?.Invoke(frame);
        }
        else
        {
            ReceivedInternal?.Invoke(kind, frame);
        }
    }

    private async Task SendAsync(IPEndPoint peer, ChannelReader<byte[]> queue)
    {
        var backOff = BackOffMin;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await queue.WaitToReadAsync(_stop.Token);
                await using var stream = await ConnectAsync(peer);
                backOff = BackOffMin;
                await PumpAsync(stream, queue);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
            {
                _counters.CountFailedConnect();
            }

            await Task.Delay(backOff, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            backOff = backOff * 2 < BackOffMax ? backOff * 2 : BackOffMax;
        }
    }

    private ValueTask<PeerStream> ConnectAsync(IPEndPoint peer) =>
        _handshake.ConnectAsync(peer, _localAddress, Preamble.Peer, _connectTimeout, HandshakeTimeout, _stop.Token);

    private async Task PumpAsync(PeerStream stream, ChannelReader<byte[]> queue)
    {
        while (await queue.WaitToReadAsync(_stop.Token))
        {
            while (queue.TryRead(out var frame))
            {
                try
                {
                    await stream.WriteAsync(frame, _stop.Token);
                    _counters.CountFrameSent();
                }
                catch (Exception e) when (e is IOException or SocketException)
                {
                    _counters.CountFrameDropped();
                    throw;
                }
            }
        }
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Drcm.Consensus.Transport;

/// <summary>Frames between members beside Raft: a length (4 bytes, little endian, the kind included), a kind byte, the frame.</summary>
internal sealed class TcpPeerChannel(
    string self, PeerHandshake handshake, IPAddress? localAddress, TimeSpan connectTimeout, TransportCounters counters) : IPeerChannel, IAsyncDisposable
{
    /// <summary>A keep-alive with every report of a hundred nodes stays far below.</summary>
    public const int FrameBytesMax = 64 * 1024;
    public const byte UserFrame = 0;
    private const int PrefixBytes = sizeof(int) + 1;
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(1);

    private readonly Lock _sync = new();
    private Dictionary<string, FrameSender> _senders = new(StringComparer.Ordinal);
    private List<Task> _leaving = [];
    private bool _isStarted;

    public Action<ReadOnlyMemory<byte>>? Received { get; set; }

    /// <summary>As <see cref="Received"/>, for the frames that the log itself exchanges; gets the kind.</summary>
    public Action<byte, ReadOnlyMemory<byte>>? ReceivedInternal { get; set; }

    public void Start()
    {
        lock (_sync)
        {
            _isStarted = true;
            foreach (var sender in _senders.Values)
            {
                sender.Start();
            }
        }
    }

    /// <summary>From now on frames go to these; what waits for others is lost.</summary>
    public void SetPeers(IReadOnlyDictionary<string, IPEndPoint> peers)
    {
        lock (_sync)
        {
            Dictionary<string, FrameSender> next = new(StringComparer.Ordinal);
            foreach (var (name, endPoint) in peers.Where(p => p.Key != self))
            {
                next[name] = _senders.TryGetValue(name, out var known) && known.EndPoint.Equals(endPoint) ? known : Begin(endPoint);
            }

            _leaving = [.. _leaving.Where(l => !l.IsCompleted), .. _senders.Values.Except(next.Values).Select(g => g.DisposeAsync().AsTask())];
            _senders = next;
        }
    }

    public void Send(string member, ReadOnlyMemory<byte> frame) => Send(member, UserFrame, frame.Span);

    public void Send(string member, byte kind, ReadOnlySpan<byte> frame)
    {
        if (frame.Length is 0 or > FrameBytesMax)
        {
            throw new ArgumentException($"a frame has 1 to {FrameBytesMax} bytes, this one {frame.Length}", nameof(frame));
        }

        FrameSender? sender;
        lock (_sync)
        {
            _senders.TryGetValue(member, out sender);
        }

        if (sender is null)
        {
            if (member != self)
            {
                counters.CountFrameDropped();
            }

            return;
        }

        var bytes = new byte[PrefixBytes + frame.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, frame.Length + 1);
        bytes[sizeof(int)] = kind;
        frame.CopyTo(bytes.AsSpan(PrefixBytes));
        sender.Queue(bytes);
    }

    public async ValueTask DisposeAsync()
    {
        SetPeers(new Dictionary<string, IPEndPoint>());
        await Task.WhenAll(_leaving);
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
                    counters.CountRejected();
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

    private FrameSender Begin(IPEndPoint endPoint)
    {
        FrameSender sender = new(
            endPoint, stop => handshake.ConnectAsync(endPoint, localAddress, Preamble.Peer, connectTimeout, HandshakeTimeout, stop), counters);
        if (_isStarted)
        {
            sender.Start();
        }

        return sender;
    }

    private void Deliver(byte kind, byte[] frame)
    {
        counters.CountFrameReceived();
        if (kind == UserFrame)
        {
            Received?.Invoke(frame);
        }
        else
        {
            ReceivedInternal?.Invoke(kind, frame);
        }
    }
}

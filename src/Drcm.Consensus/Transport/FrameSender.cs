using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Drcm.Consensus.Transport;

/// <summary>The frames that wait for one peer, and the connection over which they go; it is opened when there is something to send.</summary>
internal sealed class FrameSender : IAsyncDisposable
{
    /// <summary>Frames waiting for one peer; older ones are worth less than newer ones.</summary>
    private const int QueuedFramesMax = 64;
    private static readonly TimeSpan BackOffMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BackOffMax = TimeSpan.FromSeconds(1);

    private readonly Func<CancellationToken, ValueTask<PeerStream>> _connect;
    private readonly TransportCounters _counters;
    private readonly Channel<byte[]> _queue;
    private readonly CancellationTokenSource _stop = new();
    private Task _sending = Task.CompletedTask;

    public FrameSender(IPEndPoint endPoint, Func<CancellationToken, ValueTask<PeerStream>> connect, TransportCounters counters)
    {
        (EndPoint, _connect, _counters) = (endPoint, connect, counters);
        _queue = Channel.CreateBounded<byte[]>(
            new BoundedChannelOptions(QueuedFramesMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => counters.CountFrameDropped());
    }

    public IPEndPoint EndPoint { get; }

    public void Start() => _sending = SendAsync();

    public void Queue(byte[] frame) => _queue.Writer.TryWrite(frame);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending;
    }

    private async Task SendAsync()
    {
        var backOff = BackOffMin;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _queue.Reader.WaitToReadAsync(_stop.Token);
                await using var stream = await _connect(_stop.Token);
                backOff = BackOffMin;
                await PumpAsync(stream);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
            {
                _counters.CountFailedConnect();
            }

            await Task.Delay(backOff, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            backOff = backOff * 2 < BackOffMax ? backOff * 2 : BackOffMax;
        }
    }

    /// <summary>Ends when the connection's key was retired: what waits goes over the next one.</summary>
    private async Task PumpAsync(PeerStream stream)
    {
        while (await _queue.Reader.WaitToReadAsync(_stop.Token) && !stream.IsRetired)
        {
            while (!stream.IsRetired && _queue.Reader.TryRead(out var frame))
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

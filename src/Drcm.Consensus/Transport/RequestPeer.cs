using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Drcm.Consensus.Transport;

/// <summary>A node that is asked: its address and the connections to it that wait for the next request.</summary>
internal sealed class RequestPeer(
    string name, IPEndPoint endPoint, PeerHandshake handshake, IPAddress? localAddress, TimeSpan connectTimeout, TransportCounters counters) : IDisposable
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Shorter than <see cref="RequestServing.IdleMax"/>: it is the asker who lets go.</summary>
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _free = new(RequestLimits.ToOneMemberMax);
    private readonly Stack<(PeerStream Stream, long Since)> _idle = new();
    private bool _isClosed;

    public IPEndPoint EndPoint => endPoint;

    /// <param name="deadline">Also cancelled with <paramref name="caller"/>.</param>
    public async ValueTask<(RequestStatus Status, ReadOnlyMemory<byte> Body)> AskAsync(
        byte kind, ReadOnlyMemory<byte> request, CancellationToken deadline, CancellationToken caller)
    {
        PeerStream? stream = null;
        var hasWritten = false;
        try
        {
            await _free.WaitAsync(deadline);
            try
            {
                stream = TakeIdle() ?? await handshake.ConnectAsync(endPoint, localAddress, Preamble.Request, connectTimeout, HandshakeTimeout, deadline);
                hasWritten = true;
                await stream.WriteAsync(RequestFrame.Write(kind, request.Span), deadline);
                var answer = await ReadAsync(stream, deadline);
                Keep(stream);
                stream = null;
                return answer;
            }
            finally
            {
                _free.Release();
            }
        }
        catch (Exception e) when (!caller.IsCancellationRequested && e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            counters.CountFailedConnect();
            var what = hasWritten ? "gave no answer" : "cannot be reached";
            throw new PeerUnreachableException($"{name} at {endPoint} {what}: {(e is OperationCanceledException ? "it is silent" : e.Message)}", hasWritten, e);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // A connection that is given up because nobody waits for it any more says so in its own way.
            throw new OperationCanceledException(e.Message, e, caller);
        }
        finally
        {
            stream?.Abort();
        }
    }

    /// <summary>Requests under way go on; no connection is kept.</summary>
    public void Dispose()
    {
        lock (_idle)
        {
            _isClosed = true;
            while (_idle.TryPop(out var idle))
            {
                idle.Stream.Abort();
            }
        }
    }

    private static async ValueTask<(RequestStatus Status, ReadOnlyMemory<byte> Body)> ReadAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        var head = new byte[RequestFrame.HeadBytes];
        await stream.ReadExactlyAsync(head, cancellationToken);
        if (!RequestFrame.TryReadHead(head, out var status, out var length))
        {
            throw new IOException($"it answered with {length} bytes; at most {RequestLimits.BytesMax} are allowed");
        }

        var body = new byte[length];
        await stream.ReadExactlyAsync(body, cancellationToken);
        return ((RequestStatus)status, body);
    }

    /// <summary>One that was not closed by the other side meanwhile, nor made with a retired key: what is written to it will be read.</summary>
    private PeerStream? TakeIdle()
    {
        lock (_idle)
        {
            while (_idle.TryPop(out var idle))
            {
                if (Stopwatch.GetElapsedTime(idle.Since) < IdleMax && idle.Stream.IsQuiet && !idle.Stream.IsRetired)
                {
                    return idle.Stream;
                }

                idle.Stream.Abort();
            }

            return null;
        }
    }

    private void Keep(PeerStream stream)
    {
        lock (_idle)
        {
            if (_isClosed || stream.IsRetired)
            {
                stream.Abort();
            }
            else
            {
                _idle.Push((stream, Stopwatch.GetTimestamp()));
            }
        }
    }
}

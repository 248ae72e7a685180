using System.Net.Sockets;

namespace Drcm.Consensus.Transport;

/// <summary>The answering side of one connection. While an answer is being found the next bytes are already waited for: their absence, or the end
/// of the connection, is how an asker that has given up shows.</summary>
internal sealed class RequestServing(PeerStream stream, string from, RequestHandlers handlers, TransportCounters counters)
{
    /// <summary>A connection without requests is closed after so long.</summary>
    public static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(60);

    private readonly byte[] _head = new byte[RequestFrame.HeadBytes];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var next = Task.FromResult(true);
        try
        {
            next = ReadHeadAsync(gone);
            while (await next)
            {
                if (!RequestFrame.TryReadHead(_head, out var kind, out var length))
                {
                    counters.CountRejected();
                    break;
                }

                var body = new byte[length];
                using (var deadline = CancellationTokenSource.CreateLinkedTokenSource(gone.Token))
                {
                    deadline.CancelAfter(RequestLimits.AnswerTimeout);
                    await stream.ReadExactlyAsync(body, deadline.Token);
                }

                next = ReadHeadAsync(gone);
                var (status, answer) = await handlers.AnswerAsync(kind, new(from, body), gone.Token);
                await stream.WriteAsync(RequestFrame.Write((byte)status, answer.Span), gone.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // Closed, or silent, or the log is being stopped.
        }

        stream.Abort();
        await next;
    }

    /// <returns>False when the asker is gone.</returns>
    private async Task<bool> ReadHeadAsync(CancellationTokenSource gone)
    {
        try
        {
            using var idle = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
            idle.CancelAfter(IdleMax);
            await stream.ReadExactlyAsync(_head, idle.Token);
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            await gone.CancelAsync();
            return false;
        }
    }
}

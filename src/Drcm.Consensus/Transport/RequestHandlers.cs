using System.Text;

namespace Drcm.Consensus.Transport;

/// <summary>Who answers which kind of request.</summary>
internal sealed class RequestHandlers
{
    private const int ReasonBytesMax = 4096;
    private readonly Func<PeerRequest, CancellationToken, ValueTask<ReadOnlyMemory<byte>>>?[] _handlers =
        new Func<PeerRequest, CancellationToken, ValueTask<ReadOnlyMemory<byte>>>?[byte.MaxValue + 1];

    private int _running;

    public void Set(byte kind, Func<PeerRequest, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> handler) =>
        Volatile.Write(ref _handlers[kind], handler);

    /// <summary>Never throws but for a cancelled token.</summary>
    public async ValueTask<(RequestStatus Status, ReadOnlyMemory<byte> Body)> AnswerAsync(byte kind, PeerRequest request, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _handlers[kind]) is not { } handler)
        {
            return (RequestStatus.Unknown, default);
        }

        try
        {
            if (Interlocked.Increment(ref _running) > RequestLimits.HandledMax)
            {
                return (RequestStatus.Busy, default);
            }

            var answer = await handler(request, cancellationToken);
            return answer.Length <= RequestLimits.BytesMax
                ? (RequestStatus.Answered, answer)
                : (RequestStatus.Failed, Encoding.UTF8.GetBytes($"its answer has {answer.Length} bytes, more than {RequestLimits.BytesMax}"));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // The boundary to the other node: whatever went wrong is told to the asker.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var reason = Encoding.UTF8.GetBytes(e.Message);
            return (RequestStatus.Failed, reason.AsMemory(0, Math.Min(reason.Length, ReasonBytesMax)));
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>What the asker gets for an answer.</summary>
    /// <exception cref="PeerUnreachableException">It was none.</exception>
    public static ReadOnlyMemory<byte> Open(string member, byte kind, RequestStatus status, ReadOnlyMemory<byte> body) => status switch
    {
        RequestStatus.Answered => body,
        RequestStatus.Unknown => throw new PeerUnreachableException($"{member} does not answer requests of kind {kind} now", mayHaveArrived: false),
        RequestStatus.Busy => throw new PeerUnreachableException($"{member} is busy with other requests", mayHaveArrived: false),
        RequestStatus.Failed => throw new PeerUnreachableException($"{member}: {Encoding.UTF8.GetString(body.Span)}", mayHaveArrived: true),
        _ => throw new PeerUnreachableException($"{member} answered something that this release does not know", mayHaveArrived: true),
    };
}

namespace Drcm.Consensus.Transport;

/// <summary>Questions between nodes and their answers, over the log's TCP port and its mutual TLS, beside Raft and <see cref="IPeerChannel"/>. Thread-safe.
/// Kinds 1 to 15 are the log's own.</summary>
public interface IPeerRequests
{
    /// <summary>Asks a node and waits for its answer, at most <see cref="RequestLimits.AnswerTimeout"/>. Asking oneself calls the handler.</summary>
    /// <param name="request">At most <see cref="RequestLimits.BytesMax"/>.</param>
    /// <exception cref="ArgumentException">The request is too large.</exception>
    /// <exception cref="PeerUnreachableException">No answer; says why, and whether the request may have been handled.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the request may have been handled.</exception>
    ValueTask<ReadOnlyMemory<byte>> AskAsync(string member, byte kind, ReadOnlyMemory<byte> request, CancellationToken cancellationToken);

    /// <summary>Answers requests of a kind from now on; the newest handler of a kind counts. Its token is cancelled when nobody waits for the answer any more.
    /// An exception of the handler reaches the asker as <see cref="PeerUnreachableException"/> with its message.</summary>
    void Serve(byte kind, Func<PeerRequest, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> handler);
}

/// <param name="From">The name that the asker gave; that it belongs to the cluster is proven, its name is not.</param>
public readonly record struct PeerRequest(string From, ReadOnlyMemory<byte> Body);

public static class RequestLimits
{
    /// <summary>A request, or an answer: the largest entry and what goes with it.</summary>
    public const int BytesMax = LogLimits.EntryBytesMax + 64 * 1024;

    /// <summary>Longest wait for an answer, connecting included.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Requests to one node at one time; more wait.</summary>
    internal const int ToOneMemberMax = 8;

    /// <summary>Requests being answered at one time; more are refused.</summary>
    internal const int HandledMax = 64;
}

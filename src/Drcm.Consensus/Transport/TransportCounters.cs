namespace Drcm.Consensus.Transport;

/// <summary>What happened on the log's TCP port since start. Counts only grow; read at any time from any thread.</summary>
public sealed class TransportCounters
{
    private long _acceptedConnections;
    private long _rejectedConnections;
    private long _failedConnects;
    private long _framesSent;
    private long _framesReceived;
    private long _framesDropped;

    /// <summary>Incoming connections that opened with a valid preamble.</summary>
    public long AcceptedConnections => Interlocked.Read(ref _acceptedConnections);

    /// <summary>Incoming connections closed because of a wrong, missing or late preamble, or a limit.</summary>
    public long RejectedConnections => Interlocked.Read(ref _rejectedConnections);

    /// <summary>Outgoing connections that could not be opened, those not even tried because the peer is silent included.</summary>
    public long FailedConnects => Interlocked.Read(ref _failedConnects);

    /// <summary>Frames of <see cref="IPeerChannel"/> written to a peer's socket.</summary>
    public long FramesSent => Interlocked.Read(ref _framesSent);

    /// <summary>Frames of <see cref="IPeerChannel"/> received.</summary>
    public long FramesReceived => Interlocked.Read(ref _framesReceived);

    /// <summary>Frames pushed out of a full queue by newer ones, or lost with their connection.</summary>
    public long FramesDropped => Interlocked.Read(ref _framesDropped);

    internal void CountAccepted() => Interlocked.Increment(ref _acceptedConnections);

    internal void CountRejected() => Interlocked.Increment(ref _rejectedConnections);

    internal void CountFailedConnect() => Interlocked.Increment(ref _failedConnects);

    internal void CountFrameSent() => Interlocked.Increment(ref _framesSent);

    internal void CountFrameReceived() => Interlocked.Increment(ref _framesReceived);

    internal void CountFrameDropped() => Interlocked.Increment(ref _framesDropped);
}

namespace Drcm.Consensus;

/// <summary>Small frames between members over the log's own TCP port, beside Raft: the second path of keep-alives and their
/// reports, for when datagrams are lost one way (OWNERSHIP O2). Frames are opaque and authenticated by their sender; delivery is best effort.</summary>
public interface IPeerChannel
{
    /// <summary>Queues a frame for <paramref name="member"/>; never blocks, drops the oldest when the peer does not read.</summary>
    void Send(string member, ReadOnlyMemory<byte> frame);

    /// <summary>Called for each frame received, on a transport thread; must not block. Set before the log starts.</summary>
    Action<ReadOnlyMemory<byte>>? Received { get; set; }
}

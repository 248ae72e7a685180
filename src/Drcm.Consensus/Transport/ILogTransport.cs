using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Drcm.Consensus.Transport;

/// <summary>How a member reaches the others. The seam at which a simulated network takes the place of sockets.</summary>
internal interface ILogTransport : IAsyncDisposable
{
    IConnectionListenerFactory Incoming { get; }

    IConnectionFactory Outgoing { get; }

    IPeerChannel Peers { get; }

    IPeerRequests Requests { get; }

    /// <summary>Frames that the log itself exchanges; gets the kind. Set before the start.</summary>
    Action<byte, ReadOnlyMemory<byte>>? ReceivedInternal { get; set; }

    /// <summary>Called with the name of each member with which the engine is about to exchange its first bytes on a connection; an <see cref="IOException"/> prevents it.</summary>
    Action<string>? Met { get; set; }

    /// <summary>From now on these are the nodes that frames and requests can go to; at first the members. This node itself may be among them.</summary>
    void SetPeers(IReadOnlyDictionary<string, IPEndPoint> peers);

    /// <summary>Others can come in.</summary>
    /// <exception cref="TransportUnavailableException">The address is not ours, or taken.</exception>
    void Listen();

    /// <summary>Frames go out.</summary>
    void StartSending();

    /// <summary>Closes one outgoing connection of the engine that was made with a key which is not accepted any more; the engine's next request but one opens
    /// it anew.</summary>
    /// <returns>False when there is none.</returns>
    bool CloseRetired();

    /// <summary>Queues a frame of the log's own; may be lost.</summary>
    void Send(string member, byte kind, ReadOnlySpan<byte> frame);
}

using System.Net;
using Drcm.Consensus.Engines.DotNext;
using Microsoft.AspNetCore.Connections;

namespace Drcm.Consensus.Transport;

/// <summary>TCP with mutual TLS 1.3 on the member's log port.</summary>
internal sealed class TcpTransport : ILogTransport
{
    /// <summary>Connections from one member at one time: Raft, frames, and old ones of each that are about to go.</summary>
    private const int ConnectionsPerMemberMax = 8;
    private readonly PeerListener _listener;
    private readonly TcpPeerChannel _peers;

    public TcpTransport(DotNextLogOptions options, RefusedPeers refused, TransportCounters counters)
    {
        var self = options.Members[options.Self];
        var localAddress = options.LocalAddress ?? (IsAny(self.Address) ? null : self.Address);
        var handshake = new PeerHandshake(options.Self, options.Keys, refused, counters);
        _peers = new(options.Self, options.Members, handshake, localAddress, options.ConnectTimeout, counters);
        _listener = new(self, handshake, options.PreambleTimeout, ConnectionsPerMemberMax * (options.Members.Count + 1), counters, _peers.ServeAsync);
        Outgoing = new PeerConnector(handshake, localAddress, options.ConnectTimeout, options.RequestTimeout, counters);
    }

    public IConnectionListenerFactory Incoming => _listener;

    public IConnectionFactory Outgoing { get; }

    public IPeerChannel Peers => _peers;

    public Action<byte, ReadOnlyMemory<byte>>? ReceivedInternal
    {
        get => _peers.ReceivedInternal;
        set => _peers.ReceivedInternal = value;
    }

    public void Listen() => _listener.Start();

    public void StartSending() => _peers.Start();

    public void Send(string member, byte kind, ReadOnlySpan<byte> frame) => _peers.Send(member, kind, frame);

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _peers.DisposeAsync();
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}

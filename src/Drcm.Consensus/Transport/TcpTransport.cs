using System.Net;
using Drcm.Consensus.Engines.DotNext;
using Microsoft.AspNetCore.Connections;

namespace Drcm.Consensus.Transport;

/// <summary>TCP with mutual TLS 1.3 on the member's log port. When a key is retired, whoever opened a connection with it opens another one at the next
/// occasion; who accepted it cuts what is left after <see cref="RenewalElections"/>.</summary>
internal sealed class TcpTransport : ILogTransport
{
    /// <summary>Connections from one member at one time: Raft, frames, requests, and old ones of each that are about to go.</summary>
    private const int ConnectionsPerMemberMax = 8 + RequestLimits.ToOneMemberMax;

    /// <summary>Longest election timeouts within which connections are to be made anew: the engine's go one in each, six at the most.</summary>
    private const int RenewalElections = 10;
    private readonly PeerListener _listener;
    private readonly TcpPeerChannel _peers;
    private readonly TcpPeerRequests _requests;
    private readonly PeerConnector _connector;
    private readonly TransportKeys _keys;
    private readonly TimeSpan _renewalMax;
    private readonly ITimer _cutting;
    private volatile int _peerCount;

    public TcpTransport(DotNextLogOptions options, RefusedPeers refused, TransportCounters counters)
    {
        var self = options.Members[options.Self];
        var localAddress = options.LocalAddress ?? (IsAny(self.Address) ? null : self.Address);
        var handshake = new PeerHandshake(options.Self, options.Keys, refused, counters);
        _peers = new(options.Self, handshake, localAddress, options.Times.Connect, counters);
        _requests = new(options.Self, handshake, localAddress, options.Times.Connect, counters);
        _listener = new(
            self, handshake, options.PreambleTimeout, () => ConnectionsPerMemberMax * (_peerCount + 1), counters, _peers.ServeAsync, _requests.ServeAsync);
        SetPeers(options.Members);
        _connector = new(handshake, localAddress, options.Times.Connect, options.Times.Request, counters);
        (_keys, _renewalMax) = (options.Keys, options.Times.Upper * RenewalElections);
        _cutting = TimeProvider.System.CreateTimer(_ => CutRetired(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _keys.Replaced += CutRetiredLater;
    }

    public IConnectionListenerFactory Incoming => _listener;

    public IConnectionFactory Outgoing => _connector;

    public Action<string>? Met
    {
        get => _listener.Met;
        set => (_listener.Met, _connector.Met) = (value, value);
    }

    public IPeerChannel Peers => _peers;

    public IPeerRequests Requests => _requests;

    public Action<byte, ReadOnlyMemory<byte>>? ReceivedInternal
    {
        get => _peers.ReceivedInternal;
        set => _peers.ReceivedInternal = value;
    }

    public void SetPeers(IReadOnlyDictionary<string, IPEndPoint> peers)
    {
        _peerCount = peers.Count;
        _peers.SetPeers(peers);
        _requests.SetPeers(peers);
    }

    /// <summary>Incoming connections made with a key that is not accepted any more.</summary>
    public int RetiredConnections => _listener.Retired.Count();

    public bool CloseRetired() => _connector.CloseRetired();

    public void Listen() => _listener.Start();

    public void StartSending() => _peers.Start();

    public void Send(string member, byte kind, ReadOnlySpan<byte> frame) => _peers.Send(member, kind, frame);

    public async ValueTask DisposeAsync()
    {
        _keys.Replaced -= CutRetiredLater;
        await _cutting.DisposeAsync();
        await _listener.DisposeAsync();
        await _requests.DisposeAsync();
        await _peers.DisposeAsync();
    }

    private void CutRetiredLater(object? sender, EventArgs e) => _cutting.Change(_renewalMax, Timeout.InfiniteTimeSpan);

    private void CutRetired()
    {
        foreach (var connection in _listener.Retired)
        {
            connection.Abort();
        }
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}

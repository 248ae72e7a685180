using System.Net;

namespace Drcm.Consensus.Transport;

/// <summary>Requests over connections of their own, one at a time on each; a connection that has served is kept for the next one.</summary>
internal sealed class TcpPeerRequests(
    string self, PeerHandshake handshake, IPAddress? localAddress, TimeSpan connectTimeout, TransportCounters counters)
    : IPeerRequests, IAsyncDisposable
{
    private readonly RequestHandlers _handlers = new();
    private readonly Lock _sync = new();
    private readonly CancellationTokenSource _stop = new();
    private Dictionary<string, RequestPeer> _peers = new(StringComparer.Ordinal);

    public void Serve(byte kind, Func<PeerRequest, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> handler) => _handlers.Set(kind, handler);

    /// <summary>From now on these are the nodes that can be asked.</summary>
    public void SetPeers(IReadOnlyDictionary<string, IPEndPoint> peers)
    {
        List<RequestPeer> gone = [];
        lock (_sync)
        {
            Dictionary<string, RequestPeer> next = new(StringComparer.Ordinal);
            foreach (var (name, endPoint) in peers.Where(p => p.Key != self))
            {
                next[name] = _peers.Remove(name, out var known) && known.EndPoint.Equals(endPoint) ? known : Replace(name, endPoint, known);
            }

            gone.AddRange(_peers.Values);
            _peers = next;
        }

        gone.ForEach(g => g.Dispose());

        RequestPeer Replace(string name, IPEndPoint endPoint, RequestPeer? former)
        {
            if (former is not null)
            {
                gone.Add(former);
            }

            return new(name, endPoint, handshake, localAddress, connectTimeout, counters);
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>> AskAsync(string member, byte kind, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        if (request.Length > RequestLimits.BytesMax)
        {
            throw new ArgumentException($"a request has at most {RequestLimits.BytesMax} bytes, this one {request.Length}", nameof(request));
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        deadline.CancelAfter(RequestLimits.AnswerTimeout);
        var (status, body) = member == self
            ? await _handlers.AnswerAsync(kind, new(self, request), cancellationToken)
            : await PeerOf(member).AskAsync(kind, request, deadline.Token, cancellationToken);
        return RequestHandlers.Open(member, kind, status, body);
    }

    /// <summary>Answers what comes over one connection, until either side closes it or breaks the format.</summary>
    public Task ServeAsync(PeerStream stream, string from, CancellationToken cancellationToken) =>
        new RequestServing(stream, from, _handlers, counters).RunAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        SetPeers(new Dictionary<string, IPEndPoint>());
    }

    private RequestPeer PeerOf(string member)
    {
        lock (_sync)
        {
            return _peers.TryGetValue(member, out var peer)
                ? peer
                : throw new PeerUnreachableException($"the address of {member} is not known here", mayHaveArrived: false);
        }
    }
}

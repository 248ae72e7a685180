using System.Net;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Transport;

namespace Drcm.Consensus.Tests.Support;

/// <summary>Two nodes' transports without a log above them.</summary>
internal sealed class TransportPair : IAsyncDisposable
{
    private readonly TransportKeys _keysOfB;

    public TransportPair()
        : this(Secret.Keys(), Secret.Keys())
    {
    }

    public TransportPair(TransportKeys keysOfA, TransportKeys keysOfB)
    {
        _keysOfB = keysOfB;
        A = Open("a", keysOfA, new(), RefusedByA);
        B = Open("b", keysOfB, CountersB, new());
    }

    public Dictionary<string, IPEndPoint> Members { get; } = DotNextLogCluster.FreeEndPoints(["a", "b"]);

    public ILogTransport A { get; }

    public ILogTransport B { get; private set; }

    public TransportCounters CountersB { get; } = new();

    public RefusedPeers RefusedByA { get; } = new();

    public async Task RestartBAsync()
    {
        await B.DisposeAsync();
        B = Open("b", _keysOfB, CountersB, new());
    }

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
    }

    private TcpTransport Open(string self, TransportKeys keys, TransportCounters counters, RefusedPeers refused)
    {
        TcpTransport transport = new(new DotNextLogOptions { Self = self, Members = Members, Keys = keys, Directory = "none" }, refused, counters);
        transport.Listen();
        transport.StartSending();
        return transport;
    }
}

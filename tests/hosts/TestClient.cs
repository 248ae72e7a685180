using System.Net;
using System.Net.Sockets;

namespace Drcm.TestHosts;

/// <summary>A machine on the same switch that is no part of the cluster: 10.88.0.2.</summary>
public sealed class TestClient
{
    internal const int Number = 2;

    private readonly TestNetwork _network;

    internal TestClient(TestNetwork network, string netns) => (_network, Netns) = (network, netns);

    internal string Netns { get; }

    /// <summary>Runs a program of this machine in the client's network.</summary>
    public Task<ToolResult> RunAsync(IReadOnlyList<string> argv, CancellationToken cancellationToken) =>
        Tool.RunAsync(["nsenter", "--net=" + Namespaces.PathOf(Netns), "--", .. argv], "", cancellationToken);

    /// <summary>A socket of the client's network.</summary>
    public Socket OpenSocket(AddressFamily family, SocketType type, ProtocolType protocol) =>
        Namespaces.Within(Netns, () => new Socket(family, type, protocol));

    /// <summary>Runs <paramref name="work"/> of this process in the client's network; blocks until it is done.</summary>
    public T Within<T>(Func<T> work) => Namespaces.Within(Netns, work);

    /// <summary>Asks <paramref name="address"/> every few milliseconds who is there, until disposed. Every host answers by itself.</summary>
    public AddressAsker Ask(IPAddress address) => new(_network, this, address);
}

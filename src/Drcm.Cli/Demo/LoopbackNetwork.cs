using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Drcm.Cli.Demo;

/// <summary>Addresses 127.77.x.y, one for each pretended host, and a port that is free on all of them for UDP and TCP.</summary>
internal sealed record LoopbackNetwork(ImmutableArray<string> Addresses, int Port)
{
    private const int AttemptsMax = 50;

    /// <summary>Below the range from which kernels choose ports for outgoing connections.</summary>
    private const int PortMin = 20_000;
    private const int PortMax = 30_000;

    public static LoopbackNetwork Find(int hosts)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var third = Random.Shared.Next(1, 255);
            var network = new LoopbackNetwork(
                [.. Enumerable.Range(1, hosts).Select(host => $"127.77.{third}.{host}")], Random.Shared.Next(PortMin, PortMax));
            if (network.Addresses.All(network.IsFree)) return network;
        }
        throw new DemoFailure(
            $"no port between {PortMin} and {PortMax} is free on 127.77.0.0/16; make sure that the loopback interface is up: ip link set lo up");
    }

    private bool IsFree(string address)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(address), Port);
        try
        {
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(endPoint);
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(endPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

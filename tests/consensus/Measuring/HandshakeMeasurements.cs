using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Drcm.Consensus.Tests.Support;
using Drcm.Consensus.Transport;

namespace Drcm.Consensus.Tests.Measuring;

/// <summary>What the first handshake of a process costs; each run needs a process of its own.</summary>
public sealed class HandshakeMeasurements(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public Task First_Cold() => PrintAsync("cold");

    [Fact(Explicit = true)]
    public async Task First_Warmed()
    {
        using var limit = new Limit();
        var start = Stopwatch.GetTimestamp();
        await TlsWarming.RunAsync(new TransportKeys(new byte[TransportKeys.SeedBytes].Select(_ => (byte)7).ToArray()), limit.Token);
        output.WriteLine($"warming: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms");
        await PrintAsync("warmed");
    }

    private async Task PrintAsync(string name)
    {
        using var limit = new Limit();
        var keys = new TransportKeys(new byte[TransportKeys.SeedBytes].Select(_ => (byte)7).ToArray());
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        for (var i = 0; i < 3; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var accepting = listener.AcceptAsync(limit.Token).AsTask();
            var connecting = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await connecting.ConnectAsync(listener.LocalEndPoint!, limit.Token);
            await using var client = new PeerStream(connecting, keys);
            await using var server = new PeerStream(await accepting, keys);
            await Task.WhenAll(server.ProveAsServerAsync(limit.Token), client.ProveAsClientAsync(limit.Token));
            output.WriteLine($"{name} {i + 1}: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms");
        }
    }
}

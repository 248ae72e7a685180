using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Drcm.Consensus.Tests.Support;
using Drcm.Consensus.Transport;
using static Drcm.Consensus.Tests.Support.LogClusterExtensions;

namespace Drcm.Consensus.Tests.Transport;

/// <summary>Many bad connections at once to a cluster that works: strangers that say nothing or little, and peers with the right key whose bytes
/// make no sense. It goes on committing, and when they are gone nothing is left of them.</summary>
public sealed class GarbageWithKeyTests
{
    private const int SilentPerMember = 40;
    private const int SlowPerMember = 10;
    private const int PeersPerKind = 6;
    private const int Appends = 100;
    private const int GarbageBytes = 32 * 1024;

    /// <summary>What the members open among themselves meanwhile.</summary>
    private const int SpareDescriptors = 60;
    private const long SpareBytes = 64 * 1024 * 1024;

    [Fact]
    public async Task BadConnections_OfAllKindsAtOnce_CommitsGoOnAndNothingIsLeft()
    {
        using var limit = new Limit();
        await using var cluster = await DotNextLogCluster.StartAsync(limit.Token);
        await AppendAsync(cluster, 1, limit.Token);
        var (descriptors, memory) = (Descriptors(), GC.GetTotalMemory(forceFullCollection: true));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        List<Socket> sockets = [];
        var slow = new List<Task>();
        foreach (var member in cluster.Members.Values)
        {
            for (var i = 0; i < SilentPerMember; i++)
            {
                sockets.Add(await ConnectAsync(member, limit.Token));
            }

            for (var i = 0; i < SlowPerMember; i++)
            {
                sockets.Add(await ConnectAsync(member, limit.Token));
                slow.Add(DripAsync(sockets[^1], end.Token));
            }

            foreach (var kind in new[] { Preamble.Raft, Preamble.Peer, Preamble.Request })
            {
                for (var i = 0; i < PeersPerKind; i++)
                {
                    slow.Add(MisbehaveAsync(member, kind, i, end.Token));
                }
            }
        }

        await AppendAsync(cluster, Appends, limit.Token);
        await end.CancelAsync();
        sockets.ForEach(s => s.Dispose());
        await Task.WhenAll(slow);
        await AppendAsync(cluster, 1, limit.Token);
        while (Descriptors() > descriptors + SpareDescriptors)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.True(GC.GetTotalMemory(forceFullCollection: true) < memory + SpareBytes, "what bad connections cost is not given back");
        Assert.All(cluster.Running, name => Assert.Null(cluster.Log(name).Trouble));
    }

    /// <summary>With the key and a good preamble: garbage, lengths beyond all bounds, half a frame and then silence.</summary>
    private static async Task MisbehaveAsync(IPEndPoint member, byte kind, int how, CancellationToken end)
    {
        try
        {
            using var socket = await ConnectAsync(member, end);
            await using var tls = new PeerStream(socket, Secret.Keys());
            await tls.ProveAsClientAsync(end);
            await tls.WriteAsync(Preamble.Of(kind, "a").ToBytes(), end);
            if (await Preamble.ReadAsync(tls, end) is null)
            {
                return;
            }

            await tls.WriteAsync(Nonsense(kind, how), end);
            _ = await tls.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, end);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // Turned away for their number, closed for what they said, or the end.
        }
    }

    private static byte[] Nonsense(byte kind, int how)
    {
        var random = new byte[GarbageBytes];
        new Random(kind * 100 + how).NextBytes(random);
        var head = new byte[RequestFrame.HeadBytes];
        switch (how % 3)
        {
            case 0:
                return Enumerable.Repeat((byte)0xEE, GarbageBytes).ToArray();
            case 1 when kind != Preamble.Raft:
                BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(kind == Preamble.Peer ? 0 : 1), how % 2 == 0 ? int.MaxValue : -1);
                return head;
            case 1:
                // Beyond the kinds of message that the engine has: the rest would be a term of pure chance, and whoever has the key may say that.
                random[0] = 0xC0;
                return random;
            default:
                // The beginning of a frame that never comes.
                BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(kind == Preamble.Peer ? 0 : 1), 1000);
                return head;
        }
    }

    /// <summary>A byte of a handshake now and then.</summary>
    private static async Task DripAsync(Socket socket, CancellationToken end)
    {
        try
        {
            for (var hello = new byte[] { 0x16, 3, 1, 2, 0, 1 }; ; hello = [0])
            {
                await socket.SendAsync(hello, end);
                await Task.Delay(50, end);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Closed for its slowness, or the end.
        }
    }

    private static async Task AppendAsync(DotNextLogCluster cluster, int count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            var leader = await cluster.LeaderAsync(cancellationToken);
            count -= (await cluster[leader].AppendAsync(LogVersion.Any, Bytes("goes on"), cancellationToken)).Status == AppendStatus.Committed ? 1 : 0;
        }
    }

    private static int Descriptors() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();

    private static async Task<Socket> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(endPoint, cancellationToken);
        return client;
    }
}

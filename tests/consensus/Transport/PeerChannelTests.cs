using System.Threading.Channels;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Tests.Support;
using Drcm.Consensus.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Drcm.Consensus.Tests.Transport;

public sealed class PeerChannelTests
{
    [Fact]
    public async Task Send_ToRunningMember_ArrivesWhole()
    {
        using var limit = new Limit();
        await using var cluster = new DotNextLogCluster("a", "b");
        await using var a = new DotNextLog(cluster.OptionsOf("a"), NullLogger.Instance);
        await using var b = new DotNextLog(cluster.OptionsOf("b"), NullLogger.Instance);
        var arrived = Channel.CreateUnbounded<byte[]>();
        b.Peers.Received = frame => arrived.Writer.TryWrite(frame.ToArray());
        await a.StartAsync(limit.Token);
        await b.StartAsync(limit.Token);
        byte[][] frames = [[1], .. Enumerable.Range(1, 10).Select(i => Enumerable.Repeat((byte)i, i * 6000).ToArray())];
        foreach (var frame in frames)
        {
            a.Peers.Send("b", frame);
            Assert.Equal(frame, await arrived.Reader.ReadAsync(limit.Token));
        }
    }

    [Fact]
    public async Task Send_PeerDown_NeverBlocksAndDropsTheOldest()
    {
        using var limit = new Limit();
        await using var cluster = new DotNextLogCluster("a", "b");
        await using var a = new DotNextLog(cluster.OptionsOf("a"), NullLogger.Instance);
        await a.StartAsync(limit.Token);
        for (var i = 0; i < 1000; i++)
        {
            a.Peers.Send("b", BitConverter.GetBytes(i));
        }

        Assert.True(a.Counters.FramesDropped >= 1000 - 65, "64 may wait and one may be on its way");
        var newest = new TaskCompletionSource();
        await using var b = new DotNextLog(cluster.OptionsOf("b"), NullLogger.Instance);
        b.Peers.Received = frame =>
        {
            if (BitConverter.ToInt32(frame.Span) == 999)
            {
                newest.TrySetResult();
            }
        };
        await b.StartAsync(limit.Token);
        await newest.Task.WaitAsync(limit.Token);
    }

    [Fact]
    public async Task Send_TooLarge_Refused()
    {
        await using var cluster = new DotNextLogCluster("a", "b");
        await using var a = new DotNextLog(cluster.OptionsOf("a"), NullLogger.Instance);
        Assert.Throws<ArgumentException>(() => a.Peers.Send("b", new byte[TcpPeerChannel.FrameBytesMax + 1]));
        a.Peers.Send("a", new byte[1]);
    }

    [Fact]
    public async Task SetPeers_NodeThatComesLater_GetsFramesFromThenOn()
    {
        using var limit = new Limit();
        await using var cluster = new DotNextLogCluster("a", "later");
        await using var a = new DotNextLog(cluster.OptionsOf("a") with { Members = cluster.Only("a") }, NullLogger.Instance);
        await using var later = new DotNextLog(cluster.OptionsOf("later") with { Members = cluster.Only("later") }, NullLogger.Instance);
        var arrived = Channel.CreateUnbounded<byte[]>();
        later.Peers.Received = frame => arrived.Writer.TryWrite(frame.ToArray());
        await a.StartAsync(limit.Token);
        await later.StartAsync(limit.Token);
        a.Peers.Send("later", new byte[] { 1 });
        Assert.Equal(1, a.Counters.FramesDropped);
        a.SetPeers(cluster.Members);
        a.Peers.Send("later", new byte[] { 2 });
        Assert.Equal([2], await arrived.Reader.ReadAsync(limit.Token));
        a.SetPeers(cluster.Only("a"));
        a.Peers.Send("later", new byte[] { 3 });
        Assert.Equal(2, a.Counters.FramesDropped);
    }
}

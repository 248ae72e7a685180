using Drcm.Consensus.Tests.Support;
using Drcm.Consensus.Transport;
using static Drcm.Consensus.Tests.Support.LogClusterExtensions;

namespace Drcm.Consensus.Tests.Transport;

public sealed class PeerRequestTests
{
    private const byte Kind = 200;

    [Fact]
    public async Task Ask_ServedKind_AnswersEveryOneOfMany()
    {
        using var limit = new Limit();
        await using var pair = new TransportPair();
        pair.B.Requests.Serve(Kind, (r, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(Bytes($"{r.From}:{r.Body.Length}")));
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
            Text(await pair.A.Requests.AskAsync("b", Kind, new byte[i * 500], limit.Token)) == $"a:{i * 500}"));
        Assert.DoesNotContain(false, answers);
        Assert.InRange(pair.CountersB.AcceptedConnections, 1, RequestLimits.ToOneMemberMax);
    }

    [Fact]
    public async Task Ask_LargestAndEmpty_ArriveWhole()
    {
        using var limit = new Limit();
        await using var pair = new TransportPair();
        pair.B.Requests.Serve(Kind, (r, _) => ValueTask.FromResult(r.Body));
        var large = new byte[RequestLimits.BytesMax];
        new Random(1).NextBytes(large);
        Assert.Equal(large, (await pair.A.Requests.AskAsync("b", Kind, large, limit.Token)).ToArray());
        Assert.Equal(0, (await pair.A.Requests.AskAsync("b", Kind, default, limit.Token)).Length);
        await Assert.ThrowsAsync<ArgumentException>(async () => await pair.A.Requests.AskAsync("b", Kind, new byte[large.Length + 1], limit.Token));
    }

    [Fact]
    public async Task Ask_Oneself_CallsTheHandler()
    {
        await using var pair = new TransportPair();
        pair.A.Requests.Serve(Kind, (r, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(Bytes($"{r.From} itself")));
        Assert.Equal("a itself", Text(await pair.A.Requests.AskAsync("a", Kind, default, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Ask_PeerDown_ThrowsNamingItAndCertainThatItDidNotArrive()
    {
        using var limit = new Limit();
        await using var pair = new TransportPair();
        await pair.B.DisposeAsync();
        var e = await Assert.ThrowsAsync<PeerUnreachableException>(async () => await pair.A.Requests.AskAsync("b", Kind, Bytes("x"), limit.Token));
        Assert.Contains("b at ", e.Message, StringComparison.Ordinal);
        Assert.False(e.MayHaveArrived);
        e = await Assert.ThrowsAsync<PeerUnreachableException>(async () => await pair.A.Requests.AskAsync("nobody", Kind, Bytes("x"), limit.Token));
        Assert.False(e.MayHaveArrived);
    }

    [Fact]
    public async Task Ask_PeerThatRestarted_IsNotMissed()
    {
        using var limit = new Limit();
        await using var pair = new TransportPair();
        pair.B.Requests.Serve(Kind, (_, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(Bytes("first life")));
        Assert.Equal("first life", Text(await pair.A.Requests.AskAsync("b", Kind, default, limit.Token)));
        await pair.RestartBAsync();
        pair.B.Requests.Serve(Kind, (_, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(Bytes("second life")));
        Assert.Equal("second life", Text(await pair.A.Requests.AskAsync("b", Kind, default, limit.Token)));
    }

    [Fact]
    public async Task Ask_PeerThatDiesBeforeItsAnswer_MayHaveArrived()
    {
        using var limit = new Limit();
        await using var pair = new TransportPair();
        var arrived = new TaskCompletionSource();
        pair.B.Requests.Serve(Kind, async (_, c) =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.Infinite, c);
            return default;
        });
        var asking = pair.A.Requests.AskAsync("b", Kind, default, limit.Token).AsTask();
        await arrived.Task.WaitAsync(limit.Token);
        await pair.B.DisposeAsync();
        Assert.True((await Assert.ThrowsAsync<PeerUnreachableException>(() => asking)).MayHaveArrived);
    }

    [Fact]
    public async Task Ask_AskerGivesUp_HandlerIsTold()
    {
        using var limit = new Limit();
        await using var pair = new TransportPair();
        var (arrived, told) = (new TaskCompletionSource(), new TaskCompletionSource());
        pair.B.Requests.Serve(Kind, async (_, c) =>
        {
            await using var registration = c.Register(() => told.SetResult());
            arrived.SetResult();
            await told.Task;
            return default;
        });
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var asking = pair.A.Requests.AskAsync("b", Kind, default, impatient.Token).AsTask();
        await arrived.Task.WaitAsync(limit.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await told.Task.WaitAsync(limit.Token);
    }

    /// <summary>As a node does that becomes a voter while it asks: who gives up must hear that it gave up, whatever the handshake comes to.</summary>
    [Fact]
    public async Task Ask_GivenUpAtTheMomentAtWhichTheHandshakeFails_EndsAsCancelled()
    {
        using var limit = new Limit();
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        await using var pair = new TransportPair(Secret.Keys(), Secret.Keys("another"));
        pair.RefusedByA.Reported = (_, _) => impatient.Cancel();
        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pair.A.Requests.AskAsync("b", Kind, Bytes("x"), impatient.Token));
        Assert.IsType<System.Net.Sockets.SocketException>(e.InnerException);
    }

    [Fact]
    public async Task Ask_HandlerThrows_AskerGetsItsWordsAndTheNextOneIsAnswered()
    {
        using var limit = new Limit();
        await using var pair = new TransportPair();
        pair.B.Requests.Serve(Kind, (r, _) => r.Body.IsEmpty ? throw new InvalidOperationException("no such thing") : ValueTask.FromResult(r.Body));
        var e = await Assert.ThrowsAsync<PeerUnreachableException>(async () => await pair.A.Requests.AskAsync("b", Kind, default, limit.Token));
        Assert.Equal("b: no such thing", e.Message);
        Assert.True(e.MayHaveArrived);
        Assert.Equal("x", Text(await pair.A.Requests.AskAsync("b", Kind, Bytes("x"), limit.Token)));
    }

    [Fact]
    public async Task Ask_KindThatNobodyServesOrAnswerTooLarge_Refused()
    {
        using var limit = new Limit();
        await using var pair = new TransportPair();
        var e = await Assert.ThrowsAsync<PeerUnreachableException>(async () => await pair.A.Requests.AskAsync("b", Kind, default, limit.Token));
        Assert.False(e.MayHaveArrived);
        pair.B.Requests.Serve(Kind, (_, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(new byte[RequestLimits.BytesMax + 1]));
        await Assert.ThrowsAsync<PeerUnreachableException>(async () => await pair.A.Requests.AskAsync("b", Kind, default, limit.Token));
    }

    [Fact]
    public async Task Ask_MoreThanAreAnsweredAtOnce_TheRestIsRefusedAsBusy()
    {
        using var limit = new Limit();
        await using var pair = new TransportPair();
        var (go, started) = (new TaskCompletionSource(), 0);
        pair.A.Requests.Serve(Kind, async (_, _) =>
        {
            Interlocked.Increment(ref started);
            await go.Task;
            return default;
        });
        var asked = Enumerable.Range(0, RequestLimits.HandledMax).Select(_ => pair.A.Requests.AskAsync("a", Kind, default, limit.Token).AsTask()).ToList();
        Assert.Equal(RequestLimits.HandledMax, started);
        var e = await Assert.ThrowsAsync<PeerUnreachableException>(async () => await pair.A.Requests.AskAsync("a", Kind, default, limit.Token));
        Assert.Contains("busy", e.Message, StringComparison.Ordinal);
        go.SetResult();
        await Task.WhenAll(asked);
        await pair.A.Requests.AskAsync("a", Kind, default, limit.Token);
    }

    [Fact]
    public async Task Ask_OfAnotherCluster_NotAnswered()
    {
        using var limit = new Limit();
        await using var pair = new TransportPair(Secret.Keys(), Secret.Keys("another"));
        pair.B.Requests.Serve(Kind, (r, _) => ValueTask.FromResult(r.Body));
        var e = await Assert.ThrowsAsync<PeerUnreachableException>(async () => await pair.A.Requests.AskAsync("b", Kind, Bytes("x"), limit.Token));
        Assert.False(e.MayHaveArrived);
    }

    [Fact]
    public async Task SetPeers_OtherAddress_AskedThere()
    {
        using var limit = new Limit();
        await using var pair = new TransportPair();
        pair.B.Requests.Serve(Kind, (_, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(Bytes("b")));
        Assert.Equal("b", Text(await pair.A.Requests.AskAsync("b", Kind, default, limit.Token)));
        pair.A.SetPeers(new Dictionary<string, System.Net.IPEndPoint> { ["c"] = pair.Members["b"] });
        await Assert.ThrowsAsync<PeerUnreachableException>(async () => await pair.A.Requests.AskAsync("b", Kind, default, limit.Token));
        Assert.Equal("b", Text(await pair.A.Requests.AskAsync("c", Kind, default, limit.Token)));
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.Span);
}

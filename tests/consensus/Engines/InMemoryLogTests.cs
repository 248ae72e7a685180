using Drcm.Consensus.Engines.InMemory;
using Drcm.Consensus.Tests.Support;
using static Drcm.Consensus.Tests.Support.LogClusterExtensions;

namespace Drcm.Consensus.Tests.Engines;

public sealed class InMemoryLogTests
{
    [Fact]
    public async Task Append_Held_CommitsOnDemandOnly()
    {
        using var limit = new Limit();
        await using var cluster = await InMemoryLogCluster.StartAsync(limit.Token);
        cluster.Shared.FailNextAppend(AppendFault.Hold);
        var outcome = await cluster["a"].AppendAsync(0, Bytes("held"), limit.Token);
        Assert.Equal(AppendStatus.Unknown, outcome.Status);
        var read = cluster["b"].TakeAsync(0, 1, limit.Token);
        Assert.False(read.IsCompleted);
        cluster.Shared.CommitHeld();
        Assert.Equal("held", Assert.Single(await read).Text());
    }

    [Fact]
    public async Task Append_HeldAndOvertaken_StaysWithoutEffect()
    {
        using var limit = new Limit();
        await using var cluster = await InMemoryLogCluster.StartAsync(limit.Token);
        cluster.Shared.FailNextAppend(AppendFault.Hold);
        await cluster["a"].AppendAsync(0, Bytes("held"), limit.Token);
        var first = await cluster["a"].AppendAsync(0, Bytes("first"), limit.Token);
        cluster.Shared.CommitHeld();
        var second = await cluster["a"].AppendAsync(first.Index, Bytes("second"), limit.Token);
        Assert.Equal(["first", "second"], (await cluster["c"].ReadUpToAsync(second.Index, limit.Token)).Select(e => e.Text()));
    }

    [Fact]
    public async Task Append_ByDeposedLeaderThatDoesNotKnow_Unknown()
    {
        using var limit = new Limit();
        await using var cluster = await InMemoryLogCluster.StartAsync(limit.Token);
        cluster.Shared.Isolate("a");
        cluster.Shared.Elect("b");
        Assert.True(cluster["a"].Leadership.IsSelf);
        Assert.True(cluster["b"].Leadership.IsSelf);
        Assert.Equal(AppendStatus.Unknown, (await cluster["a"].AppendAsync(0, Bytes("old"), limit.Token)).Status);
        var committed = await cluster["b"].AppendAsync(0, Bytes("new"), limit.Token);
        cluster.Shared.Rejoin("a");
        Assert.False(cluster["a"].Leadership.IsSelf);
        Assert.Equal(["new"], (await cluster["a"].ReadUpToAsync(committed.Index, limit.Token)).Select(e => e.Text()));
    }

    [Fact]
    public async Task Append_RejectedOnDemand_CertainlyWithoutEffect()
    {
        using var limit = new Limit();
        await using var cluster = await InMemoryLogCluster.StartAsync(limit.Token);
        cluster.Shared.FailNextAppend(AppendFault.Reject);
        Assert.Equal(AppendStatus.Rejected, (await cluster["a"].AppendAsync(0, Bytes("no"), limit.Token)).Status);
        Assert.Equal(AppendStatus.Committed, (await cluster["a"].AppendAsync(0, Bytes("yes"), limit.Token)).Status);
    }

    [Fact]
    public async Task ReadBarrier_NoLeader_WaitsForOne()
    {
        using var limit = new Limit();
        await using var cluster = await InMemoryLogCluster.StartAsync(limit.Token);
        cluster.Shared.LoseLeader();
        var barrier = cluster["b"].ReadBarrierAsync(limit.Token).AsTask();
        Assert.False(barrier.IsCompleted);
        cluster.Shared.Elect("c");
        await barrier;
    }
}

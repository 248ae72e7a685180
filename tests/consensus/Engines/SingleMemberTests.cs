using Drcm.Consensus.Tests.Support;
using static Drcm.Consensus.Tests.Support.LogClusterExtensions;

namespace Drcm.Consensus.Tests.Engines;

public sealed class SingleMemberTests
{
    [Fact]
    public async Task Start_Alone_LeadsInANewTermEachTimeAndKeepsItsEntries()
    {
        using var limit = new Limit();
        await using var cluster = await DotNextLogCluster.StartAsync(limit.Token, "only");
        var first = await cluster["only"].UntilAsync(l => l.IsSelf, limit.Token);
        var entry = await cluster["only"].AppendAsync(0, Bytes("kept"), limit.Token);
        await cluster.StopAsync("only");
        await cluster.RestartAsync("only", limit.Token);
        var second = await cluster["only"].UntilAsync(l => l.IsSelf, limit.Token);
        Assert.True(second.Term > first.Term);
        Assert.Equal(("kept", entry.Index), (await cluster["only"].TakeAsync(0, 1, limit.Token)) is [var e] ? (e.Text(), e.Index) : default);
        Assert.Equal(AppendStatus.Committed, (await cluster["only"].AppendAsync(entry.Index, Bytes("more"), limit.Token)).Status);
    }

    /// <summary>Somebody who stops waiting for the end of a resignation must not leave the member out of the elections for ever.</summary>
    [Fact]
    public async Task Resign_GivenUpAtOnce_LeadsAgain()
    {
        using var limit = new Limit();
        await using var cluster = await DotNextLogCluster.StartAsync(limit.Token, "only");
        var log = cluster["only"];
        await log.UntilAsync(l => l.IsSelf, limit.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await log.ResignAsync(new CancellationToken(canceled: true)));
        await log.UntilAsync(l => !l.IsSelf, limit.Token);
        await log.UntilAsync(l => l.IsSelf, limit.Token);
    }
}

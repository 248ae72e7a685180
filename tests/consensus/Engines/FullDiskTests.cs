using Drcm.Consensus.Tests.Storage;
using Drcm.Consensus.Tests.Support;

namespace Drcm.Consensus.Tests.Engines;

/// <summary>The engine goes dead for good when a term or a vote cannot be written; ours must come back with the room on the disk.</summary>
public sealed class FullDiskTests
{
    private readonly Dictionary<string, WatchedFiles> _files = new(StringComparer.Ordinal) { ["a"] = new(), ["b"] = new(), ["c"] = new() };

    [Fact]
    public async Task Elect_EveryDiskIsFull_OneLeadsWhenThereIsRoom()
    {
        using var limit = new Limit();
        await using var cluster = await StartAsync(limit.Token);
        var first = await cluster.LeaderAsync(limit.Token);
        await cluster[first].AppendNextAsync(LogVersion.Any, "before", limit.Token);
        SetFull(isFull: true);
        await cluster.StopAsync(first);
        await Task.WhenAll(cluster.Running.Select(n => InTroubleAsync(cluster, n, limit.Token)));

        SetFull(isFull: false);
        var next = await cluster.LeaderAsync(limit.Token);
        await cluster[next].AppendNextAsync(LogVersion.Any, "after", limit.Token);
    }

    [Fact]
    public async Task Dispose_DiskIsFull_Ends()
    {
        using var limit = new Limit();
        await using var cluster = await StartAsync(limit.Token);
        var first = await cluster.LeaderAsync(limit.Token);
        SetFull(isFull: true);
        await cluster.StopAsync(first);
        await Task.WhenAll(cluster.Running.Select(n => InTroubleAsync(cluster, n, limit.Token)));
        foreach (var name in cluster.Running.ToList())
        {
            await cluster.StopAsync(name).WaitAsync(limit.Token);
            Assert.Equal(0, _files[name].OpenFiles);
        }
    }

    /// <summary>A leader whose disk is full says that it leads no more, and leads or follows again without help.</summary>
    [Fact]
    public async Task Append_LeadersDiskIsFull_AnotherLeadsAndItFollowsWhenThereIsRoom()
    {
        using var limit = new Limit();
        await using var cluster = await StartAsync(limit.Token);
        var first = await cluster.LeaderAsync(limit.Token);
        _files[first].WriteFails = NoSpace;
        var outcome = await cluster[first].AppendAsync(LogVersion.Any, LogClusterExtensions.Bytes("lost"), limit.Token);
        Assert.NotEqual(AppendStatus.Committed, outcome.Status);
        var next = await cluster.LeaderAsync(limit.Token);
        Assert.NotEqual(first, next);
        var index = await cluster[next].AppendNextAsync(LogVersion.Any, "kept", limit.Token);
        _files[first].WriteFails = null;
        Assert.Equal("kept", (await cluster[first].ReadUpToAsync(index, limit.Token))[^1].Text());
    }

    private async Task<DotNextLogCluster> StartAsync(CancellationToken cancellationToken)
    {
        var cluster = new DotNextLogCluster([.. _files.Keys]) { Files = n => _files[n] };
        await Task.WhenAll(_files.Keys.Select(n => cluster.RestartAsync(n, cancellationToken)));
        return cluster;
    }

    private void SetFull(bool isFull)
    {
        foreach (var files in _files.Values)
        {
            files.WriteFails = isFull ? NoSpace : null;
        }
    }

    private static IOException NoSpace() => new("No space left on device");

    private static async Task InTroubleAsync(DotNextLogCluster cluster, string name, CancellationToken cancellationToken)
    {
        var inTrouble = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Log(name).HealthChanged = () => inTrouble.TrySetResult();
        if (cluster.Log(name).Trouble is null)
        {
            await inTrouble.Task.WaitAsync(cancellationToken);
        }
    }
}

using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Tests.Support;
using Drcm.Consensus.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using static Drcm.Consensus.Tests.Support.LogClusterExtensions;

namespace Drcm.Consensus.Tests.Engines;

public sealed class DamagedLogTests
{
    private const int PayloadBytes = 4096;

    [Fact]
    public async Task Start_PayloadChangedOnDisk_RefusesNamingDirectoryAndRemedy()
    {
        using var limit = new Limit();
        await using var cluster = await StoppedWithOneEntryAsync(limit.Token);
        var data = Directory.EnumerateFiles(Path.Combine(cluster.DirectoryOf("only"), "raft"), "*.log").Single();
        var bytes = await File.ReadAllBytesAsync(data, limit.Token);
        bytes[PayloadBytes / 2] ^= 1;
        await File.WriteAllBytesAsync(data, bytes, limit.Token);
        await AssertRefusedAsync(cluster, Path.Combine(cluster.DirectoryOf("only"), "raft"), limit.Token);
    }

    [Fact]
    public async Task Start_UnknownEntryFormat_RefusesNamingTheEntry()
    {
        using var limit = new Limit();
        await using var cluster = await StoppedWithOneEntryAsync(limit.Token);
        await using (var later = new DotNextLog(cluster.OptionsOf("only"), NullLogger.Instance))
        {
            await later.StartAsync(limit.Token);
            await later.UntilAsync(l => l.IsSelf, limit.Token);
            await later.AppendRawAsync(new byte[] { 9, 9, 9 }, limit.Token);
            await Assert.ThrowsAsync<LogDamagedException>(async () => await later.TakeAsync(0, 2, limit.Token));
            Assert.False(later.Leadership.IsSelf, "a member that cannot go on does not lead");
            await Assert.ThrowsAsync<LogDamagedException>(async () => await later.AppendAsync(0, Bytes("more"), limit.Token));
        }

        await AssertRefusedAsync(cluster, "format that this release does not know", limit.Token);
    }

    [Fact]
    public async Task Start_DirectoryOfAnotherFormat_Refuses()
    {
        using var limit = new Limit();
        await using var cluster = await StoppedWithOneEntryAsync(limit.Token);
        await File.WriteAllTextAsync(Path.Combine(cluster.DirectoryOf("only"), "raft", "format"), "drcm-log 99\n", limit.Token);
        await AssertRefusedAsync(cluster, "drcm-log 99", limit.Token);
    }

    [Fact]
    public async Task Start_PortInUse_SaysSo()
    {
        using var limit = new Limit();
        await using var cluster = await DotNextLogCluster.StartAsync(limit.Token, "only");
        var options = cluster.OptionsOf("only") with { Directory = cluster.DirectoryOf("other") };
        await using var second = new DotNextLog(options, NullLogger.Instance);
        var e = await Assert.ThrowsAsync<TransportUnavailableException>(() => second.StartAsync(limit.Token));
        Assert.Contains(cluster.Members["only"].ToString(), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NewDirectory_ReadableByTheOwnerOnly()
    {
        using var limit = new Limit();
        await using var cluster = await DotNextLogCluster.StartAsync(limit.Token, "only");
        var mode = File.GetUnixFileMode(Path.Combine(cluster.DirectoryOf("only"), "raft"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, mode);
    }

    private static async Task<DotNextLogCluster> StoppedWithOneEntryAsync(CancellationToken cancellationToken)
    {
        var cluster = await DotNextLogCluster.StartAsync(cancellationToken, "only");
        await cluster["only"].UntilAsync(l => l.IsSelf, cancellationToken);
        await cluster["only"].AppendAsync(0, new byte[PayloadBytes], cancellationToken);
        await cluster.StopAsync("only");
        return cluster;
    }

    private static async Task AssertRefusedAsync(DotNextLogCluster cluster, string expected, CancellationToken cancellationToken)
    {
        await using var log = new DotNextLog(cluster.OptionsOf("only"), NullLogger.Instance);
        var e = await Assert.ThrowsAsync<LogDamagedException>(() => log.StartAsync(cancellationToken));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Contains("directory away", e.Message, StringComparison.Ordinal);
    }
}

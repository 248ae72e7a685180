using System.Net;
using System.Net.Sockets;
using Drcm.Consensus;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Transport;
using Drcm.Integration.Tests.Scripts;
using Drcm.Node.Loop;
using Drcm.Node.Observation;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.KeepAlive;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Drcm.Integration.Tests.Compaction;

/// <summary>The daemon's way of keeping its log short, on the real store.</summary>
public sealed class LogCompactionTests : IDisposable
{
    private const int Entries = 23_000;
    private readonly TemporaryDirectory _directory = new();
    private readonly IPEndPoint _endPoint = FreeEndPoint();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task MoreThanTenThousandEntries_Restarted_ComesFromASnapshotToTheSameStateAndKeepsLittle()
    {
        var token = TestContext.Current.CancellationToken;
        string digest;
        long newest;
        await using (var log = await OpenAsync(token))
        {
            newest = await AppendAsync(log, Entries, token);
            var history = new EventHistory();
            var compaction = Compaction(log, history);
            var projection = new Projection(compaction, history);
            await projection.ReadAsync(log, newest, token);
            await compaction.Running;
            Assert.Equal(Entries, projection.Applied);
            Assert.InRange(history.BeginsAfter.Value, 1, newest);
            digest = StateDigest.Of(projection.State);
        }

        await using var again = await OpenAsync(token);
        var restarted = new EventHistory();
        var restored = new Projection(Compaction(again, restarted), restarted);
        await restored.ReadAsync(again, newest, token);

        Assert.Equal(digest, StateDigest.Of(restored.State));
        Assert.Equal(1, restored.Snapshots);
        Assert.InRange(restored.Applied, 0, Entries - 10_000);
        Assert.InRange(restarted.BeginsAfter.Value, newest - Entries + 10_000, newest);
    }

    [Fact]
    public async Task DiskRefuses_IsTriedAgainAfterAsManyEntries()
    {
        var log = new RefusingLog { Refusals = 1 };
        var history = new EventHistory();
        var compaction = Compaction(log, history);
        for (var i = 1; i <= 20_000; i++)
        {
            compaction.Applied(ClusterState.Empty with { Version = new LogIndex(i) }, 100);
            await compaction.Running;
        }

        Assert.Equal([10_000, 20_000], log.Asked);
    }

    [Fact]
    public async Task FewLargeEntries_AreCompactedByTheirBytes()
    {
        var log = new RefusingLog();
        var compaction = Compaction(log, new EventHistory());
        for (var i = 1; i <= 9; i++)
        {
            compaction.Applied(ClusterState.Empty with { Version = new LogIndex(i) }, 1024 * 1024);
            await compaction.Running;
        }

        Assert.Equal([8], log.Asked);
    }

    [Fact]
    public void SnapshotOfAnotherIndex_IsRefused() => Assert.Throws<StateSnapshotException>(
        () => LogCompaction.Restore(new CommittedEntry(7, 1, StateSnapshot.Encode(ClusterState.Empty), IsSnapshot: true)));

    private static LogCompaction Compaction(IReplicatedLog log, EventHistory history) =>
        new(log, history, new CompactionOptions(), NullLogger<LogCompaction>.Instance);

    private async Task<DotNextLog> OpenAsync(CancellationToken cancellationToken)
    {
        var log = new DotNextLog(
            new DotNextLogOptions
            {
                Self = "a",
                Members = new Dictionary<string, IPEndPoint> { ["a"] = _endPoint },
                Keys = new TransportKeys(AuthKeys.Derive(new byte[2048]).Tls),
                Directory = _directory["log"],
            },
            NullLogger.Instance);
        await log.StartAsync(cancellationToken);
        return log;
    }

    /// <returns>Index of the newest.</returns>
    private static async Task<long> AppendAsync(DotNextLog log, int count, CancellationToken cancellationToken)
    {
        await foreach (var leadership in log.WatchLeadershipAsync(cancellationToken))
        {
            if (leadership.IsSelf) break;
        }
        long newest = 0;
        for (var done = 0; done < count; done += 500)
        {
            var outcomes = await Task.WhenAll(Enumerable.Range(done, 500).Select(i => log.AppendAsync(LogVersion.Any, Entry(i), cancellationToken).AsTask()));
            Assert.All(outcomes, o => Assert.Equal(AppendStatus.Committed, o.Status));
            newest = outcomes.Max(o => o.Index);
        }
        return newest;
    }

    private static byte[] Entry(int number) => EventCodec.Encode(new EventBatch(
        DateTimeOffset.UnixEpoch.AddSeconds(number), "operator:test", [new ReasonedEvent(new MaintenanceEntered(), $"round {number}")]));

    private static IPEndPoint FreeEndPoint()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)probe.LocalEndPoint!;
    }
}

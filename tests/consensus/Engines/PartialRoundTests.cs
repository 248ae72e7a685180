using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Storage;
using Drcm.Consensus.Tests.Storage;

namespace Drcm.Consensus.Tests.Engines;

/// <summary>The engine commits what the middle one of the answering majority has: of five members with {4, 10, 10} it commits 10, which two of five have. So an
/// answer to a part of a round must not count.</summary>
public sealed class PartialRoundTests
{
    private const int Entries = 5000;

    [Theory]
    [InlineData(1, 10, HeartbeatResult.ReplicatedWithLeaderTerm)]
    [InlineData(1, Entries, HeartbeatResult.Replicated)]
    public async Task Read_PartOfARound_AnswerDoesNotCountForTheMajority(long from, long to, HeartbeatResult expected)
    {
        using var directory = new StoreDirectory();
        var store = directory.Open();
        for (var i = 0; i < Entries; i++)
        {
            store.Append(1, EntryKind.Ordinary, null, new byte[] { 1 });
        }

        await using var log = new EngineLog(Directory.CreateTempSubdirectory("drcm-log-").FullName, store, new(""));
        var answer = await ((IAuditTrail<IRaftLogEntry>)log).ReadAsync(new Sender(), from, to, TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.Value.Result);
    }

    private sealed class Sender : ILogEntryConsumer<IRaftLogEntry, Result<ReplicationStatus>>
    {
        public bool LogEntryMetadataOnly => false;

        public ValueTask<Result<ReplicationStatus>> ReadAsync<TEntry, TList>(TList entries, long? snapshotIndex, CancellationToken token)
            where TEntry : notnull, IRaftLogEntry
            where TList : notnull, IReadOnlyList<TEntry> =>
            ValueTask.FromResult(new Result<ReplicationStatus> { Term = 1, Value = new() { Result = HeartbeatResult.ReplicatedWithLeaderTerm, LastIndex = entries.Count } });
    }
}

using System.Buffers.Binary;
using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Entries;

namespace Drcm.Consensus.Tests.Engines;

public sealed class DurableLogTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("drcm-wal-");

    [Fact]
    public async Task Append_FromTheLeader_FlushedBeforeTheAnswer()
    {
        await using var log = Open();
        IPersistentState state = log;
        for (var index = 1; index <= 20; index++)
        {
            await state.AppendAsync(new OneEntry(Entry(term: 0)), index, true, TestContext.Current.CancellationToken);
            Assert.Equal(index, FlushedIndex());
        }
    }

    [Fact]
    public async Task Append_OwnEntryOfAPastTerm_Refused()
    {
        await using var log = Open();
        IPersistentState state = log;
        await state.UpdateTermAsync(5, true, TestContext.Current.CancellationToken);
        await state.AppendAsync(new OneEntry(Entry(term: 5)), 1, true, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<NotLeaderException>(
            async () => await state.AppendAsync(Entry(term: 4), TestContext.Current.CancellationToken));
        Assert.Equal(1, log.LastEntryIndex);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static BinaryLogEntry Entry(long term) =>
        new() { Term = term, Content = EntryFrame.Write(0, Guid.NewGuid(), "payload"u8) };

    private DurableLog Open() => new(new() { Location = _directory.FullName }, new(_directory.FullName));

    /// <summary>The engine's checkpoint: version (4 bytes), commit index, last index that is safe on disk.</summary>
    private long FlushedIndex()
    {
        const int lastIndexOffset = sizeof(int) + sizeof(long);
        using var file = new FileStream(
            Path.Combine(_directory.FullName, "checkpoint"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[lastIndexOffset + sizeof(long)];
        file.ReadExactly(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(lastIndexOffset));
    }

    private sealed class OneEntry(BinaryLogEntry entry) : ILogEntryProducer<BinaryLogEntry>
    {
        public long RemainingCount { get; private set; } = 1;

        public BinaryLogEntry Current => entry;

        public ValueTask<bool> MoveNextAsync() => ValueTask.FromResult(RemainingCount-- > 0);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

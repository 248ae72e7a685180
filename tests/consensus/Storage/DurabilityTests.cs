using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Entries;
using Drcm.Consensus.Storage;
using Drcm.Consensus.Tests.Support;

namespace Drcm.Consensus.Tests.Storage;

/// <summary>What reaches the disk before what is answered (Raft, section 5: "servers update stable storage before responding to RPCs").</summary>
public sealed class DurabilityTests : IDisposable
{
    private const string Answer = "answer";
    private readonly StoreDirectory _directory = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Append_FromTheLeader_FlushedBeforeTheAnswer(bool flushesLie)
    {
        await using var log = Open(out var state);
        _directory.Files.FlushesLie = flushesLie;
        for (var index = 1; index <= 20; index++)
        {
            await state.AppendAsync(new OneEntry(Entry(0)), index, true, TestContext.Current.CancellationToken);
            _directory.Files.Note(Answer);
        }

        Assert.Equal(!flushesLie, EveryAnswerFollowsAFlush("00000000000000000001.log"));
    }

    /// <summary>A leader's round can be given up at any moment; a follower that noted the commit and did not apply it stood still until the next entry.</summary>
    [Fact]
    public async Task Commit_GivenUpBeforeItWasApplied_TheNextOneApplies()
    {
        using var limit = new Limit();
        await using var log = Open(out var state);
        var index = await state.AppendAsync(Entry(0), limit.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await state.CommitAsync(index, new CancellationToken(canceled: true)));
        await state.CommitAsync(index, limit.Token);
        await state.WaitForApplyAsync(index, limit.Token);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_OfOwnEntries_FlushedBefore(bool flushesLie)
    {
        await using var log = Open(out var state);
        _directory.Files.FlushesLie = flushesLie;
        for (var index = 1; index <= 20; index++)
        {
            await state.AppendAsync(Entry(0), TestContext.Current.CancellationToken);
            await state.CommitAsync(index, TestContext.Current.CancellationToken);
            _directory.Files.Note(Answer);
        }

        Assert.Equal(!flushesLie, EveryAnswerFollowsAFlush("00000000000000000001.log"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Vote_OrTerm_FlushedBeforeTheAnswer(bool flushesLie)
    {
        await using var log = Open(out var state);
        _directory.Files.FlushesLie = flushesLie;
        var member = DotNext.Net.Cluster.ClusterMemberId.FromEndPoint(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1));
        for (var term = 1; term <= 20; term++)
        {
            switch (term % 3)
            {
                case 0:
                    await state.IncrementTermAsync(member, TestContext.Current.CancellationToken);
                    break;
                case 1:
                    await state.UpdateTermAsync(state.Term + 1, true, TestContext.Current.CancellationToken);
                    break;
                default:
                    await state.UpdateVotedForAsync(member, TestContext.Current.CancellationToken);
                    break;
            }

            _directory.Files.Note(Answer);
        }

        Assert.Equal(!flushesLie, EveryAnswerFollowsAFlush("vote"));
    }

    [Fact]
    public async Task Append_OwnEntryOfAPastTerm_Refused()
    {
        await using var log = Open(out var state);
        await state.UpdateTermAsync(5, true, TestContext.Current.CancellationToken);
        await state.AppendAsync(new OneEntry(Entry(5)), 1, true, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<NotLeaderException>(async () => await state.AppendAsync(Entry(4), TestContext.Current.CancellationToken));
        Assert.Equal(1, state.LastEntryIndex);
    }

    /// <summary>Many appends at once share a flush: fewer flushes than entries, none answered before its own.</summary>
    [Fact]
    public async Task Append_ManyAtOnce_ShareFlushes()
    {
        using var limit = new Limit();
        using var store = _directory.Open();
        const int count = 2000;
        var indexes = Enumerable.Range(0, count).Select(_ => store.Append(1, EntryKind.Ordinary, null, new byte[8])).ToArray();
        await Task.WhenAll(indexes.Select(async index =>
        {
            await store.FlushedAsync(index).WaitAsync(limit.Token);
            Assert.True(store.FlushedIndex >= index);
        }));
        Assert.InRange(_directory.Files.Notes.Count(n => n.StartsWith("flush 0", StringComparison.Ordinal)), 1, count - 1);
    }

    [Fact]
    public async Task Snapshot_FlushedAndNamed_BeforeEntriesGo()
    {
        using var store = _directory.Open();
        await StoreDirectory.FillAsync(store, 200);
        store.Commit(200);
        store.Compact(200, new byte[64]);
        var notes = _directory.Files.Notes.ToList();
        var (flushed, renamed, named) = (
            notes.FindIndex(n => n.StartsWith("flush snapshot", StringComparison.Ordinal)),
            notes.FindIndex(n => n.StartsWith("rename snapshot", StringComparison.Ordinal)),
            notes.FindLastIndex(n => n == "flush directory"));
        var gone = notes.FindIndex(n => n.StartsWith("delete 0", StringComparison.Ordinal));
        Assert.True(flushed >= 0 && flushed < renamed && renamed < named && named < gone, string.Join('\n', notes.TakeLast(12)));
    }

    public void Dispose() => _directory.Dispose();

    private EngineLog Open(out IPersistentState state)
    {
        var log = new EngineLog(_directory.Path, EntryStore.Open(new() { Directory = _directory.Path }, _directory.Files), new(_directory.Path));
        state = log;
        return log;
    }

    private static BinaryLogEntry Entry(long term) => new() { Term = term, Content = EntryFrame.Write(LogVersion.Any, Guid.NewGuid(), "payload"u8) };

    private bool EveryAnswerFollowsAFlush(string file)
    {
        var isFlushed = false;
        foreach (var note in _directory.Files.Notes)
        {
            if (note == Answer && !isFlushed)
            {
                return false;
            }

            isFlushed = note == $"flush {file}" || (isFlushed && note != $"write {file}" && note != Answer);
        }

        return true;
    }

    private sealed class OneEntry(BinaryLogEntry entry) : ILogEntryProducer<BinaryLogEntry>
    {
        public long RemainingCount { get; private set; } = 1;

        public BinaryLogEntry Current => entry;

        public ValueTask<bool> MoveNextAsync() => ValueTask.FromResult(RemainingCount-- > 0);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Tests.Storage;

public sealed class EntryStoreTests : IDisposable
{
    private readonly StoreDirectory _directory = new();

    [Fact]
    public async Task Open_AfterMany_AllThereInManySegments()
    {
        using (var store = _directory.Open())
        {
            await StoreDirectory.FillAsync(store, 100);
            store.Commit(60);
            StoreDirectory.AssertWhole(store, 100);
        }

        Assert.True(Directory.EnumerateFiles(_directory.Path, "*.log").Count() > 2);
        using var again = _directory.Open();
        StoreDirectory.AssertWhole(again, 100);
        Assert.Equal(60, again.CommitIndex);
    }

    [Fact]
    public async Task AppendFromLeader_SameEntriesAgain_KeepsWhatFollows()
    {
        using var store = _directory.Open();
        await StoreDirectory.FillAsync(store, 20);
        store.AppendFromLeader([Entry(5, 1), Entry(6, 1)]);
        StoreDirectory.AssertWhole(store, 20);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(3)]
    public async Task AppendFromLeader_OtherTerm_ReplacesTheTail(int from)
    {
        using (var store = _directory.Open())
        {
            await StoreDirectory.FillAsync(store, 120);
            store.AppendFromLeader([Entry(from, 2), Entry(from + 1, 2)]);
            await store.FlushedAsync(from + 1);
            Assert.Equal((from + 1, 1L, 2L), (store.LastIndex, store.TermAt(from - 1), store.TermAt(from)));
        }

        using var again = _directory.Open();
        StoreDirectory.AssertWhole(again, from + 1);
        Assert.Equal(2, again.TermAt(from));
    }

    [Fact]
    public async Task AppendFromLeader_OverACommittedEntry_Refused()
    {
        using var store = _directory.Open();
        await StoreDirectory.FillAsync(store, 20);
        store.Commit(10);
        Assert.Throws<InvalidOperationException>(() => store.AppendFromLeader([Entry(10, 2)]));
        Assert.Throws<InvalidOperationException>(() => store.AppendFromLeader([Entry(22, 2)]));
        StoreDirectory.AssertWhole(store, 20);
    }

    [Fact]
    public void Vote_Saved_ThereAfterwards()
    {
        using (var store = _directory.Open())
        {
            store.SaveVote(7, [1, 2, 3]);
        }

        using var again = _directory.Open();
        Assert.Equal(7, again.Term);
        Assert.Equal([1, 2, 3], again.VotedFor);
    }

    [Fact]
    public async Task Compact_DropsOldSegments_SnapshotStandsForThem()
    {
        using (var store = _directory.Open())
        {
            await StoreDirectory.FillAsync(store, 200);
            store.Commit(150);
            store.Compact(150, new byte[] { 9, 9 });
            Assert.InRange(store.FirstIndex, 2, 151);
            Assert.False(store.TryRead(1, 10, 10, 1000, []));
            StoreDirectory.AssertWhole(store, 200);
        }

        using var again = _directory.Open();
        Assert.Equal((150L, 1L), (again.Snapshot!.Index, again.Snapshot.Term));
        Assert.Equal([9, 9], again.Snapshot.State.ToArray());
        StoreDirectory.AssertWhole(again, 200);
    }

    [Theory]
    [InlineData(50, 1, 200)]
    [InlineData(50, 2, 50)]
    [InlineData(500, 3, 500)]
    public async Task Install_OfALeader_KeepsOnlyWhatFits(long index, long term, long lastIndex)
    {
        var snapshot = new StoredSnapshot(index, term, new byte[] { 5 });
        using (var store = _directory.Open())
        {
            await StoreDirectory.FillAsync(store, 200);
            store.Commit(20);
            store.Install(snapshot);
            Assert.Equal((lastIndex, index, term), (store.LastIndex, store.CommitIndex, store.TermAt(index)));
            store.Append(term, EntryKind.Ordinary, null, StoreDirectory.Payload(lastIndex + 1));
            await store.FlushedAsync(lastIndex + 1);
        }

        using var again = _directory.Open();
        Assert.Equal(lastIndex + 1, again.LastIndex);
        Assert.Equal(index, again.Snapshot!.Index);
    }

    [Fact]
    public async Task Memory_OfTheTail_Bounded()
    {
        using var store = _directory.Open();
        await StoreDirectory.FillAsync(store, 1000);
        StoreDirectory.AssertWhole(store, 1000);
    }

    public void Dispose() => _directory.Dispose();

    private static StoredEntry Entry(long index, long term) => new(index, term, EntryKind.Ordinary, null, StoreDirectory.Payload(index));
}

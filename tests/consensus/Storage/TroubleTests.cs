using Drcm.Consensus.Storage;
using Drcm.Consensus.Tests.Support;

namespace Drcm.Consensus.Tests.Storage;

public sealed class TroubleTests : IDisposable
{
    private readonly StoreDirectory _directory = new();

    [Fact]
    public async Task Write_NoSpace_RefusesLosesNothingAndComesBack()
    {
        using var limit = new Limit();
        using var store = _directory.Open();
        await StoreDirectory.FillAsync(store, 20);
        var (inTrouble, recovered) = (Signal(), Signal());
        store.HealthChanged = () => (store.Trouble is null ? recovered : inTrouble).TrySetResult();
        _directory.Files.WriteFails = () => new IOException("No space left on device");
        var index = store.Append(1, EntryKind.Ordinary, null, StoreDirectory.Payload(21));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.FlushedAsync(index));
        await inTrouble.Task.WaitAsync(limit.Token);
        Assert.Contains("No space left on device", store.Trouble, StringComparison.Ordinal);
        Assert.Throws<StoreUnavailableException>(() => store.SaveVote(9, null));
        Assert.Throws<StoreUnavailableException>(() => store.Append(1, EntryKind.Ordinary, null, new byte[1]));
        StoreDirectory.AssertWhole(store, 20);

        _directory.Files.WriteFails = null;
        await recovered.Task.WaitAsync(limit.Token);
        await StoreDirectory.FillAsync(store, 30);
        StoreDirectory.AssertWhole(store, 50);
        using var copy = _directory.Copy();
        using var again = copy.Open();
        StoreDirectory.AssertWhole(again, 50);
    }

    /// <summary>After a failed fsync the kernel may have dropped the pages and says so just once.</summary>
    [Fact]
    public async Task Flush_Fails_BreaksForGood()
    {
        using var store = _directory.Open();
        await StoreDirectory.FillAsync(store, 20);
        _directory.Files.FlushFails = () => new FlushFailedException("Input/output error");
        var index = store.Append(1, EntryKind.Ordinary, null, StoreDirectory.Payload(21));
        await Assert.ThrowsAsync<LogDamagedException>(() => store.FlushedAsync(index));
        _directory.Files.FlushFails = null;
        Assert.NotNull(store.Broken);
        Assert.Throws<LogDamagedException>(() => store.Append(1, EntryKind.Ordinary, null, new byte[1]));
        Assert.Throws<LogDamagedException>(() => store.SaveVote(9, null));
        using var copy = _directory.Copy();
        using var again = copy.Open();
        Assert.InRange(again.LastIndex, 20, 21);
    }

    [Fact]
    public async Task Compact_NoSpace_FormerSnapshotStands()
    {
        using var store = _directory.Open();
        await StoreDirectory.FillAsync(store, 100);
        store.Commit(100);
        store.Compact(50, new byte[] { 1 });
        _directory.Files.WriteFails = () => new IOException("No space left on device");
        Assert.Throws<StoreUnavailableException>(() => store.Compact(90, new byte[] { 2 }));
        _directory.Files.WriteFails = null;
        Assert.Equal(50, store.Snapshot!.Index);
        using var copy = _directory.Copy();
        using var again = copy.Open();
        Assert.Equal(50, again.Snapshot!.Index);
        StoreDirectory.AssertWhole(again, 100);
    }

    public void Dispose() => _directory.Dispose();

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

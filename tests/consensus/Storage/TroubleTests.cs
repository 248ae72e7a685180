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

    /// <summary>Restarted at once, the process reads back what the failed flush left in the kernel's memory: it must not be taken for stored.</summary>
    [Fact]
    public async Task Flush_Failed_WhatIsReadBackIsWrittenAgainBeforeItCounts()
    {
        using (var store = _directory.Open())
        {
            await StoreDirectory.FillAsync(store, 20);
            _directory.Files.FlushFails = () => new FlushFailedException("Input/output error");
            var index = store.Append(1, EntryKind.Ordinary, null, StoreDirectory.Payload(21));
            await Assert.ThrowsAsync<LogDamagedException>(() => store.FlushedAsync(index));
        }

        Assert.Throws<FlushFailedException>(() => _directory.Open());
        _directory.Files.FlushFails = null;
        var before = _directory.Files.Notes.Count;
        using var again = _directory.Open();
        StoreDirectory.AssertWhole(again, 21);
        var segment = Path.GetFileName(Directory.EnumerateFiles(_directory.Path, "*.log").Order(StringComparer.Ordinal).Last());
        var did = _directory.Files.Notes.Skip(before).ToList();
        var written = did.IndexOf($"write {segment}");
        var flushed = did.IndexOf($"flush {segment}", Math.Max(written, 0));
        Assert.True(written >= 0 && flushed > written && did.IndexOf("write mark") > flushed, string.Join(", ", did));
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

    /// <summary>A batch over several new segments, refused at each of its steps in turn: what was acknowledged before stays, and goes on.</summary>
    [Fact]
    public Task Append_RefusedAtAnyStepOfALongBatch_GoesOnBehindWhatWasFlushed() => RefuseAtEachStepAsync(store =>
        store.AppendFromLeader([.. Enumerable.Range(61, 100).Select(i => Entry(i, 1))]));

    /// <summary>Entries of another term replace a tail over several segments, refused at each step in turn.</summary>
    [Fact]
    public Task AppendFromLeader_RefusedAtAnyStepOfACut_GoesOnBehindWhatStays() => RefuseAtEachStepAsync(store =>
        store.AppendFromLeader([Entry(5, 2), Entry(6, 2)]));

    /// <summary>A leader's snapshot replaces everything, refused at each step in turn.</summary>
    [Fact]
    public Task Install_RefusedAtAnyStep_GoesOn() => RefuseAtEachStepAsync(store => store.Install(new(500, 3, new byte[10])));

    public void Dispose() => _directory.Dispose();

    private static StoredEntry Entry(long index, long term) => new(index, term, EntryKind.Ordinary, null, StoreDirectory.Payload(index));

    /// <summary>60 entries, 4 of them committed; then the action, whose n-th change of a file is refused, for every n.</summary>
    private static async Task RefuseAtEachStepAsync(Action<EntryStore> act)
    {
        using var limit = new Limit();
        for (var refused = 1; ; refused++)
        {
            using var directory = new StoreDirectory();
            long last;
            var wasRefused = false;
            using (var store = directory.Open())
            {
                await StoreDirectory.FillAsync(store, 60);
                store.Commit(4);
                var recovered = Signal();
                store.HealthChanged = () => { if (store.Trouble is null) { recovered.TrySetResult(); } };
                var step = 0;
                directory.Files.Refuses = what =>
                {
                    wasRefused |= ++step == refused;
                    return step == refused ? new IOException($"No space left on device ({what})") : null;
                };
                await TryAsync(async () =>
                {
                    act(store);
                    await store.FlushedAsync(store.LastIndex);
                });
                await (store.Trouble is null ? Task.CompletedTask : recovered.Task).WaitAsync(limit.Token);
                directory.Files.Refuses = null;
                Assert.True(store.LastIndex >= 4, $"refused at step {refused}: ends at {store.LastIndex}");
                last = store.Append(9, EntryKind.Ordinary, null, StoreDirectory.Payload(store.LastIndex + 1));
                await store.FlushedAsync(last);
                StoreDirectory.AssertWhole(store, last);
            }

            using (var again = directory.Open())
            {
                StoreDirectory.AssertWhole(again, last);
                Assert.Equal(9, again.TermAt(last));
            }

            if (!wasRefused)
            {
                Assert.True(refused > 3);
                return;
            }
        }
    }

    private static async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (StoreUnavailableException)
        {
            // As it should.
        }
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

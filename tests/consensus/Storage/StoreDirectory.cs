using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Tests.Storage;

/// <summary>A directory for a store, small segments, gone afterwards.</summary>
internal sealed class StoreDirectory : IDisposable
{
    public const int EntryBytes = 100;

    public StoreDirectory() => Path = Directory.CreateTempSubdirectory("drcm-store-").FullName;

    private StoreDirectory(string path) => Path = path;

    public string Path { get; }

    public WatchedFiles Files { get; } = new();

    public StoreOptions Options => new()
    {
        Directory = Path,
        SegmentBytes = 4096,
        ZeroedBytes = 2048,
        TailBytes = 1024,
        KeptEntries = 10,
        RetryFirst = TimeSpan.FromMilliseconds(5),
        RetryMax = TimeSpan.FromMilliseconds(20),
    };

    public EntryStore Open() => EntryStore.Open(Options, Files);

    /// <summary>As a crash would leave it: what was written so far.</summary>
    public StoreDirectory Copy()
    {
        var copy = new StoreDirectory();
        foreach (var file in Directory.EnumerateFiles(Path))
        {
            File.Copy(file, System.IO.Path.Combine(copy.Path, System.IO.Path.GetFileName(file)));
        }

        return copy;
    }

    public static byte[] Payload(long index)
    {
        var payload = new byte[EntryBytes];
        new Random((int)index).NextBytes(payload);
        return payload;
    }

    public static async Task FillAsync(EntryStore store, int count, long term = 1)
    {
        for (var i = 0; i < count; i++)
        {
            store.Append(term, EntryKind.Ordinary, null, Payload(store.LastIndex + 1));
        }

        await store.FlushedAsync(store.LastIndex);
    }

    public static List<StoredEntry> ReadAll(EntryStore store)
    {
        List<StoredEntry> all = [], batch = [];
        for (var next = Math.Max(store.FirstIndex, 1); next <= store.LastIndex; next += batch.Count)
        {
            batch.Clear();
            Assert.True(store.TryRead(next, store.LastIndex, 7, 500, batch));
            all.AddRange(batch);
        }

        return all;
    }

    public static void AssertWhole(EntryStore store, long lastIndex)
    {
        Assert.Equal(lastIndex, store.LastIndex);
        foreach (var entry in ReadAll(store))
        {
            Assert.Equal(Payload(entry.Index), entry.Payload.ToArray());
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

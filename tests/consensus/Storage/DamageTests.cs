using Drcm.Consensus.Storage;
using Record = Drcm.Consensus.Storage.Record;

namespace Drcm.Consensus.Tests.Storage;

/// <summary>After any damage the store opens with everything acknowledged, or refuses naming a file and a remedy; never with less.</summary>
public sealed class DamageTests
{
    private const int Entries = 90;

    /// <summary>Every truncation of the newest segment, a step of a few bytes at a time.</summary>
    [Fact]
    public async Task Open_NewestSegmentCutAnywhere_WholeOrRefused()
    {
        using var sound = await FilledAsync();
        var newest = Directory.EnumerateFiles(sound.Path, "*.log").Order().Last();
        var refused = 0;
        for (var length = new FileInfo(newest).Length; length >= 0; length -= 3)
        {
            using var damaged = sound.Copy();
            using (var file = File.OpenWrite(Path.Combine(damaged.Path, Path.GetFileName(newest))))
            {
                file.SetLength(length);
            }

            refused += AssertWholeOrRefused(damaged) ? 0 : 1;
        }

        Assert.True(refused > 100, "cutting acknowledged entries off must be noticed");
    }

    [Fact]
    public async Task Open_AnyBitFlippedAnywhere_WholeOrRefused()
    {
        using var sound = await FilledAsync();
        var files = Directory.EnumerateFiles(sound.Path).Order().ToArray();
        var random = new Random(4711);
        var refused = 0;
        for (var i = 0; i < 400; i++)
        {
            var name = Path.GetFileName(files[random.Next(files.Length)]);
            using var damaged = sound.Copy();
            var path = Path.Combine(damaged.Path, name);
            var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
            refused += AssertWholeOrRefused(damaged) ? 0 : 1;
        }

        Assert.True(refused > 200, "most bits matter");
    }

    [Fact]
    public async Task Open_AFileMissing_Refused()
    {
        using var sound = await FilledAsync();
        foreach (var file in Directory.EnumerateFiles(sound.Path).Select(f => Path.GetFileName(f)))
        {
            using var damaged = sound.Copy();
            File.Delete(Path.Combine(damaged.Path, file));
            Assert.False(AssertWholeOrRefused(damaged), $"{file} is missing");
        }
    }

    /// <summary>A loss of power in the middle of a write leaves some of its sectors as they were: zero.</summary>
    [Fact]
    public async Task Open_LastWriteTorn_CutOffAndWhole()
    {
        using var sound = await FilledAsync();
        var newest = Directory.EnumerateFiles(sound.Path, "*.log").Order().Last();
        var length = new FileInfo(newest).Length;
        for (var sectors = 0; sectors < 8; sectors++)
        {
            using var torn = sound.Copy();
            using (var file = File.OpenWrite(Path.Combine(torn.Path, Path.GetFileName(newest))))
            {
                // Four records that were being written; each sector came through or not.
                file.Seek(length, SeekOrigin.Begin);
                var write = new byte[4 * 512];
                for (var i = 0; i < 4; i++)
                {
                    Record.Write(write.AsSpan(i * Record.SizeOf(480)), new(Entries + 1 + i, 1, EntryKind.Ordinary, null, StoreDirectory.Payload(i).Concat(new byte[380]).Select(b => (byte)(b | 1)).ToArray()));
                }

                for (var sector = 0; sector < 4; sector++)
                {
                    if ((sectors >> sector & 1) == 0)
                    {
                        var start = (int)Math.Max(0, (length / 512 + sector) * 512 - length);
                        var end = (int)Math.Min(write.Length, (length / 512 + sector + 1) * 512 - length);
                        write.AsSpan(start..end).Clear();
                    }
                }

                await file.WriteAsync(write);
            }

            using var store = torn.Open();
            Assert.InRange(store.LastIndex, Entries, Entries + 4);
            await StoreDirectory.FillAsync(store, 5);
        }
    }

    [Fact]
    public void Open_MarkThatRunsAheadOfTheLog_Refused()
    {
        using var directory = new StoreDirectory();
        directory.Open().Dispose();
        using (var mark = new MarkFile(directory.Files.Open(Path.Combine(directory.Path, MarkFile.Name))))
        {
            mark.Save(5, 1, 0);
        }

        Assert.False(AssertWholeOrRefused(directory));
    }

    private static async Task<StoreDirectory> FilledAsync()
    {
        var directory = new StoreDirectory();
        using var store = directory.Open();
        await StoreDirectory.FillAsync(store, Entries);
        store.Commit(80);
        store.Compact(70, new byte[] { 1, 2, 3 });
        store.SaveVote(1, [7]);
        return directory;
    }

    /// <returns>False when it refused.</returns>
    private static bool AssertWholeOrRefused(StoreDirectory directory)
    {
        try
        {
            using var store = directory.Open();
            StoreDirectory.AssertWhole(store, Entries);
            Assert.Equal((70L, 1L), (store.Snapshot!.Index, store.Term));
            Assert.Equal([7], store.VotedFor);
            return true;
        }
        catch (LogDamagedException e)
        {
            Assert.Contains(directory.Path, e.Message, StringComparison.Ordinal);
            Assert.Contains(Remedies.CopyFromOthers, e.Message, StringComparison.Ordinal);
            return false;
        }
    }
}

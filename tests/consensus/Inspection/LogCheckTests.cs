using Drcm.Consensus.Inspection;
using Drcm.Consensus.Storage;
using Drcm.Consensus.Tests.Storage;

namespace Drcm.Consensus.Tests.Inspection;

/// <summary>The check says "sound" exactly when opening succeeds, names the place of the damage, and changes nothing.</summary>
public sealed class LogCheckTests
{
    private const int Entries = 90;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Verify_AnyDamage_SaysWhatOpeningDoes(int seed)
    {
        using var sound = await FilledAsync();
        using var other = await FilledAsync(term: 2);
        var random = new Random(seed);
        var (opened, refused) = (0, 0);
        for (var round = 0; round < 700; round++)
        {
            using var damaged = sound.Copy();
            List<string> done = [];
            for (var times = random.Next(1, 4); times > 0; times--)
            {
                done.Add(Damage.Any(random, damaged.Path, other.Path));
            }

            var before = Snapshot(damaged.Path);
            var report = Check(damaged);
            Assert.Equal(before, Snapshot(damaged.Path));
            var refusal = TryOpen(damaged);
            Assert.True(
                report.IsSound == (refusal is null),
                $"seed {seed}, round {round}: {string.Join(", ", done)}; opening said {refusal ?? "yes"}, the check {string.Join("; ", report.Findings)}");
            (opened, refused) = refusal is null ? (opened + 1, refused) : (opened, refused + 1);
        }

        Assert.True(opened > 30 && refused > 300, $"both must happen: {opened} opened, {refused} refused");
    }

    [Fact]
    public async Task Verify_EveryCutOfTheNewestSegment_SaysWhatOpeningDoes()
    {
        using var sound = await FilledAsync();
        var newest = Directory.EnumerateFiles(sound.Path, "*.log").Order().Last();
        for (var length = new FileInfo(newest).Length; length >= 0; length -= 5)
        {
            using var damaged = sound.Copy();
            using (var file = File.OpenWrite(Path.Combine(damaged.Path, Path.GetFileName(newest))))
            {
                file.SetLength(length);
            }

            var report = Check(damaged);
            Assert.True(report.IsSound == (TryOpen(damaged) is null), $"cut to {length}: {string.Join("; ", report.Findings)}");
        }
    }

    [Fact]
    public async Task Verify_DamagedEntry_NamesFileOffsetAndMeaning()
    {
        using var directory = await FilledAsync();
        var path = Directory.EnumerateFiles(directory.Path, "*.log").Order().Last();
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var size = Drcm.Consensus.Storage.Record.SizeOf(StoreDirectory.EntryBytes);
        bytes[Segment.HeadBytes + 2 * size + 50] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        var finding = Assert.Single(Check(directory).Findings);

        Assert.Equal((path, Segment.HeadBytes + 2 * size), (finding.File, finding.Offset));
        Assert.Equal(FindingKind.Refused, finding.Kind);
        Assert.Contains("had been acknowledged", finding.Meaning, StringComparison.Ordinal);
        Assert.Equal(Remedies.CopyFromOthers, finding.Remedy);
    }

    [Fact]
    public async Task Verify_SoundLog_TellsWhatIsInIt()
    {
        using var directory = await FilledAsync();
        var report = Check(directory);
        Assert.True(report.IsSound);
        Assert.Empty(report.Findings);
        Assert.Equal((1, 90, 90, 80), (report.Term, report.LastIndex, report.FlushedIndex, report.CommitIndex));
        Assert.Equal((70, 1, 3), (report.Snapshot!.Index, report.Snapshot.Term, report.Snapshot.StateBytes));
        Assert.Equal([7], report.VotedFor.ToArray());
        Assert.Contains(report.Files, f => f.Name == "vote" && f.Bytes == 512);
        Assert.Equal(90, report.Files.Max(f => f.LastIndex));
    }

    private static LogReport Check(StoreDirectory directory) => new LogCheck(directory.Path, new ReadOnlyFiles(), misread: null).Run();

    /// <returns>Null: it opened.</returns>
    private static string? TryOpen(StoreDirectory directory)
    {
        try
        {
            directory.Open().Dispose();
            return null;
        }
        catch (LogDamagedException e)
        {
            return e.Message;
        }
    }

    private static string Snapshot(string path) => string.Join('\n', Directory.EnumerateFiles(path).Order().Select(f =>
        $"{f} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))}"));

    private static async Task<StoreDirectory> FilledAsync(long term = 1)
    {
        var directory = new StoreDirectory();
        await File.WriteAllTextAsync(Path.Combine(directory.Path, "format"), "drcm-log 2\n");
        using var store = directory.Open();
        await StoreDirectory.FillAsync(store, Entries, term);
        store.Commit(80);
        store.Compact(70, new byte[] { 1, 2, 3 });
        store.SaveVote(term, [7]);
        return directory;
    }
}

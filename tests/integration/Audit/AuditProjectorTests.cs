using Drcm.Consensus;
using Drcm.Node.Audit;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Drcm.Integration.Tests.Audit;

/// <summary>Entries into tables: each once, whatever interrupts; what is missing is said.</summary>
public sealed class AuditProjectorTests : IDisposable
{
    private readonly AuditFile _file = new();
    private readonly RealisticLog _log = new RealisticLog(2, 7).Grow(900, TimeSpan.FromMinutes(30));

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Project_AHistory_HasEveryEventAndAgreesWithTheState()
    {
        _file.Project(_log.Entries);

        Assert.Equal($"{_log.Events}", _file.Query("select count(*) from events").Single());
        using var connection = _file.Connect(SqliteOpenMode.ReadOnly);
        Assert.Empty(OpenRowsReader.Read(connection).Differences(_log.State));
        Assert.Equal("0", _file.Query("select count(*) from gaps").Single());
        Assert.NotEqual("0", _file.Query("select count(*) from ownership where kind = 'takeover' and cause = 'death'").Single());
        Assert.NotEqual("0", _file.Query("select count(*) from ownership where kind = 'failback'").Single());
    }

    [Fact]
    public void Project_InterruptedAnywhere_WritesEachEntryOnce()
    {
        using var straight = new AuditFile();
        straight.Project(_log.Entries);

        foreach (var killedAfter in (int[])[1, 49, 50, 51, 133, 380]) _file.Project(_log.Entries, killedAfter);
        _file.Project(_log.Entries);

        Assert.Equal(straight.Dump(), _file.Dump());
    }

    /// <summary>The broken variant: with the index outside of the transaction an entry comes twice, or not at all; neither may pass unseen.</summary>
    [Theory]
    [InlineData(-40)]
    [InlineData(40)]
    public void Project_IndexThatIsNotOfTheRows_IsSeen(int off)
    {
        _file.Project(_log.Entries.Take(200));
        _file.Change($"update meta set value = value + {off} where key = 'applied_index'");

        if (off < 0) Assert.Throws<SqliteException>(() => _file.Project(_log.Entries));
        else
        {
            _file.Project(_log.Entries);
            using var straight = new AuditFile();
            straight.Project(_log.Entries);
            Assert.NotEqual(straight.Dump(), _file.Dump());
        }
    }

    [Fact]
    public void Project_LogThatBeginsWithASnapshot_RecordsAGapAndAgreesWithTheState()
    {
        var snapshot = _log.Snapshot();
        var before = _log.Entries.Count;
        _log.Grow(1200, TimeSpan.FromMinutes(30));

        _file.Project([snapshot, .. _log.Entries.Skip(before)]);

        Assert.Equal($"1|{snapshot.Index}", _file.Query("select from_idx, to_idx from gaps").Single());
        using var connection = _file.Connect(SqliteOpenMode.ReadOnly);
        Assert.Empty(OpenRowsReader.Read(connection).Differences(_log.State));
    }

    [Fact]
    public void Project_FellBehindCompaction_RecordsTheGapBetween()
    {
        _file.Project(_log.Entries.Take(100));
        var written = _log.Entries[99].Index;
        var snapshot = _log.Snapshot();
        _log.Grow(1200, TimeSpan.FromMinutes(30));

        _file.Project([snapshot, .. _log.Entries.Where(e => e.Index > snapshot.Index)]);

        Assert.Equal($"{written + 1}|{snapshot.Index}", _file.Query("select from_idx, to_idx from gaps").Single());
        using var connection = _file.Connect(SqliteOpenMode.ReadOnly);
        Assert.Empty(OpenRowsReader.Read(connection).Differences(_log.State));
    }

    [Fact]
    public void Project_SnapshotBehindWhatIsWritten_IsNoGap()
    {
        var snapshot = _log.Snapshot();
        var before = _log.Entries.Count;
        _log.Grow(1200, TimeSpan.FromMinutes(30));
        _file.Project(_log.Entries);
        var straight = _file.Dump();

        _file.Project([snapshot, .. _log.Entries.Skip(before)]);

        Assert.Equal(straight, _file.Dump());
    }

    [Fact]
    public void Project_RowsOfAnotherLog_AreRefused()
    {
        _file.Project(_log.Entries.Take(300));

        Assert.Throws<AuditDamagedException>(() => _file.Project(_log.Entries.Select(e => e with { Term = 2 })));
        Assert.Throws<AuditDamagedException>(() => _file.Project(new RealisticLog(2, 8).Grow(900, TimeSpan.FromMinutes(30)).Entries.Where(e => e.Index % 7 != _log.Entries[299].Index % 7)));
    }

    [Fact]
    public void Prune_ByAgeAndBySize_LetsTheOldestGoAndKeepsWhatIsOpen()
    {
        _file.Project(_log.Entries);
        using var database = AuditDatabase.Open(_file.Path);
        var open = _file.Query("select slot, token from ownership where until_idx is null");

        var half = _log.At - BeginOf(_log);
        var old = AuditRetention.Prune(database, new AuditOptions(_file.Path, half / 2, long.MaxValue), _log.At);
        var left = int.Parse(_file.Query("select count(*) from events").Single(), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(old, 1, _log.Events - 1);
        Assert.Equal(_log.Events, old + left);
        AuditRetention.Prune(database, new AuditOptions(_file.Path, TimeSpan.FromDays(1000), 1), _log.At);

        Assert.Equal("0", _file.Query("select count(*) from events").Single());
        Assert.Equal(open, _file.Query("select slot, token from ownership where until_idx is null"));
        Assert.Equal($"{_log.Entries[^1].Index}", _file.Query("select value from meta where key = 'pruned_up_to'").Single());
    }

    private static DateTimeOffset BeginOf(RealisticLog log) => StateMachine.Events.EventCodec.Decode(log.Entries[0].Payload).At;
}

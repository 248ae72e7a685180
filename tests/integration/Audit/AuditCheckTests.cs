using Drcm.Consensus;
using Drcm.Node.Audit;
using Drcm.Node.AuditTool;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Xunit;

namespace Drcm.Integration.Tests.Audit;

/// <summary>Whatever another hand changes in what the log can prove is found, and made anew.</summary>
public sealed class AuditCheckTests : IDisposable
{
    private readonly AuditFile _file = new();
    private readonly RealisticLog _log = new RealisticLog(2, 21).Grow(500, TimeSpan.FromMinutes(30));
    private readonly CommittedEntry[] _now;

    public AuditCheckTests()
    {
        var snapshot = _log.Snapshot();
        _log.Grow(800, TimeSpan.FromMinutes(30));
        _file.Project(_log.Entries);
        // The daemon has compacted its log since.
        _now = [snapshot, .. _log.Entries.Where(e => e.Index > snapshot.Index)];
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Verify_Untouched_Agrees()
    {
        Assert.True((await VerifyAsync(_now, _log.State)).IsSound);
        Assert.True((await VerifyAsync(_log.Entries, _log.State)).IsSound);
        Assert.True((await VerifyAsync(_now, live: null)).IsSound);
    }

    [Theory]
    [InlineData("delete from events where idx = (select max(idx) from events)")]
    [InlineData("update events set reason = 'nothing' where idx = (select max(idx) from events)")]
    [InlineData("update events set is_effective = 0 where idx = (select max(idx) from events)")]
    [InlineData("insert into events (id, term, at_ms, actor, event, reason, is_effective) select id + 1, term, at_ms, actor, event, reason, is_effective from events order by id desc limit 1")]
    [InlineData("update ownership set owner = 'n9' where until_idx is null and slot = 'application:app1-1@n1'")]
    [InlineData("update ownership set until_idx = 1, until_ms = 1 where until_idx is null and slot = 'application:app1-1@n1'")]
    [InlineData("update ownership set cause = 'operator' where token = (select max(token) from ownership)")]
    [InlineData("delete from outages where from_idx = (select max(from_idx) from outages)")]
    [InlineData("insert into outages (slot, from_idx, from_ms, silence_ms, cause, why) values ('application:app1-1@n1', 5, 0, 0, 'death', 'made up')")]
    [InlineData("update node_intervals set status = 'down' where until_idx is null and node = 'n2'")]
    public async Task Verify_PlantedDifference_IsFoundAndRebuiltAway(string change)
    {
        var untouched = _file.Dump();
        _file.Change(change);

        var answer = await VerifyAsync(_now, _log.State);

        Assert.False(answer.IsSound);
        Assert.NotEmpty(answer.Lines);
        Rebuild(_now);
        Assert.True((await VerifyAsync(_now, _log.State)).IsSound);
        Assert.Equal(untouched.Count(r => r.StartsWith("events|", StringComparison.Ordinal)), _file.Dump().Count(r => r.StartsWith("events|", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Verify_LiveStateThatTheLogDoesNotComeTo_IsFound()
    {
        var other = _log.State with { InMaintenance = !_log.State.InMaintenance };

        var answer = await VerifyAsync(_now, other);

        Assert.False(answer.IsSound);
        Assert.Contains("not come to the state", answer.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Rebuild_GivesTheSameRows()
    {
        var straight = _file.Dump();

        Rebuild(_now);
        Assert.Equal(straight, _file.Dump());
        Rebuild(_log.Entries);
        Assert.Equal(straight, _file.Dump());
    }

    /// <summary>As the keeper and the tool do it.</summary>
    private void Rebuild(IReadOnlyList<CommittedEntry> entries)
    {
        using (var database = AuditDatabase.Open(_file.Path)) AuditRewind.Run(database, new LogIndex(entries[0].IsSnapshot ? entries[0].Index : 0));
        _file.Project(entries);
    }

    private Task<AuditAnswer> VerifyAsync(IEnumerable<CommittedEntry> entries, ClusterState? live) =>
        new AuditCheck(_file.Path).RunAsync(StoredEntries.OneByOneAsync(entries, Token), live, Token);
}

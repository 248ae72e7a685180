using System.Text.Json;
using Drcm.Integration.Tests.Cli;
using Drcm.Node.AuditTool;
using Drcm.StateMachine.Cluster;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Drcm.Integration.Tests.Membership;

/// <summary>The history of real daemons: it holds up no takeover, survives SIGKILL, and can be read when its daemon is gone.</summary>
public sealed class AuditStories : IDisposable
{
    private readonly LoopbackCluster _cluster = new();

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task Audit_StalledDuringATakeoverAndKilled_HasEachEventOnceAndTellsTheStory()
    {
        var text = _cluster.Text([1, 2, 3]);
        foreach (var node in new[] { 1, 2, 3 }) _cluster.Start(node, text);
        foreach (var node in new[] { 1, 2, 3 }) await WrittenAsync(node, (await _cluster.UntilAtHomeAsync(node, [1, 2, 3], Test)).Cluster.Applied);

        using (Hold(1))
        using (Hold(2))
        {
            _cluster.Kill(3);
            await _cluster.UntilAsync(1, "app3 is taken over", s => s.Slots.Single(l => l.Nickname == "app3") is { Phase: SlotPhase.Started, Owner: not "n3" }, Test);
        }
        _cluster.Start(3, text);
        var end = (await _cluster.UntilAtHomeAsync(1, [1, 2, 3], Test)).Cluster.Applied;

        foreach (var node in new[] { 1, 2, 3 })
        {
            await WrittenAsync(node, end);
            var verified = await AuditAsync(node, "verify");
            Assert.True(verified.Exit == 0, verified.Output + verified.Errors);
            Assert.EndsWith("The history agrees with the log.\n", verified.Output, StringComparison.Ordinal);
        }
        await TellsTheStoryAsync();
        var why = await _cluster.RunAsync(2, ["why", "app3"], Test);
        Assert.Equal((0, "application:app3@n3 runs on n3."), (why.Exit, why.Output.Split('\n')[0]));

        _cluster.Kill(1);
        await TellsTheStoryAsync();
        var offline = await AuditAsync(1, "verify");
        Assert.True(offline.Exit == 0, offline.Output + offline.Errors);
        Assert.Equal(0, (await AuditAsync(1, "rebuild")).Exit);
        await TellsTheStoryAsync();
        Assert.Equal((2, "drcm audit: the history knows no resource app4; did you mean app1?\n"), Of(await AuditAsync(1, "--resource", "app4")));
    }

    private async Task TellsTheStoryAsync()
    {
        var run = await AuditAsync(1, "--since", "1h", "--json");
        Assert.True(run.Exit == 0, run.Errors);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Empty(json.RootElement.GetProperty("gaps").EnumerateArray());
        var moves = json.RootElement.GetProperty("summary").GetProperty("takeovers").EnumerateArray()
            .Where(t => t.GetProperty("slot").GetString() == "application:app3@n3").Select(t => $"{t.GetProperty("kind")} {t.GetProperty("cause")}");
        Assert.Equal(["start first_start", "takeover death", "failback failback"], moves);
    }

    /// <summary>Somebody else writes into the file and does not end: as good as a disk that hangs.</summary>
    private SqliteConnection Hold(int node)
    {
        var connection = new SqliteConnection($"Data Source={PathOf(node)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "begin immediate";
        command.ExecuteNonQuery();
        return connection;
    }

    private async Task WrittenAsync(int node, long index)
    {
        for (var waited = 0; ; waited++)
        {
            if (File.Exists(PathOf(node)))
            {
                try
                {
                    using var book = AuditBook.Open(PathOf(node));
                    if (book.Applied >= index) return;
                }
                catch (Exception e) when (e is SqliteException or Drcm.Node.Audit.AuditDamagedException)
                {
                    // Being made.
                }
            }
            if (waited > 1200) throw new TimeoutException($"entry {index} is not in the history of n{node}:\n{_cluster.SaidBy(node)}");
            await Task.Delay(50, Test);
        }
    }

    private string PathOf(int node) => Path.Combine(_cluster.SpoolOf(node), "audit.db");

    private Task<ProgramResult> AuditAsync(int node, params string[] words) => RunProgram.ToEndAsync(
        RunProgram.Drcm, ["audit", .. words, "--spool", _cluster.SpoolOf(node), "--run-dir", Path.Combine(_cluster.SpoolOf(node), "..", "run")], Test);

    private static (int Exit, string Errors) Of(ProgramResult result) => (result.Exit, result.Errors);
}

using Drcm.Integration.Tests.Cli;
using Drcm.Node.Audit;
using Drcm.Node.Scripts;
using Drcm.StateMachine;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Drcm.Integration.Tests.Audit;

/// <summary>The audit's thread on disks that are damaged, full or hang: it says so, goes on, and leaves nothing out.</summary>
public sealed class AuditKeeperTests : IDisposable
{
    private readonly GrowingLog _log = new();
    private readonly RealisticLog _history = new RealisticLog(2, 33).Grow(400, TimeSpan.FromMinutes(30));
    private readonly AuditFile _file = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private LogIndex Newest => new(_history.Entries[^1].Index);

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Run_FileOfAnotherKind_IsSetAsideAndMadeAnew()
    {
        await File.WriteAllTextAsync(_file.Path, string.Concat(Enumerable.Repeat("no database, whatever its name says\n", 200)), Token);
        _log.Add(_history.Entries);
        using (var keeper = Start(_file.Path)) await UntilAsync(keeper, () => keeper.Applied == Newest);

        Assert.True(File.Exists(_file.Aside));
        Assert.Equal($"{_history.Events}", _file.Query("select count(*) from events").Single());
    }

    [Fact]
    public async Task Run_PagesOverwritten_IsSetAsideAndMadeAnew()
    {
        _file.Project(_history.Entries.Take(200));
        await using (var file = new FileStream(_file.Path, FileMode.Open, FileAccess.Write))
        {
            file.Position = 4096;
            await file.WriteAsync(new byte[file.Length - 4096], Token);
        }
        _log.Add(_history.Entries);

        using (var keeper = Start(_file.Path)) await UntilAsync(keeper, () => keeper.Applied == Newest);

        Assert.True(File.Exists(_file.Aside));
        Assert.Equal($"{_history.Events}", _file.Query("select count(*) from events").Single());
    }

    [Fact]
    public async Task Dispose_RightBehindAnEntry_HasItWritten()
    {
        _log.Add(_history.Entries.Take(100));
        var keeper = Start(_file.Path, TimeSpan.FromMinutes(1));
        await UntilAsync(keeper, () => keeper.Applied.Value == _history.Entries[99].Index);

        _log.Add(_history.Entries.Skip(100));
        keeper.Dispose();

        Assert.Equal(Newest, keeper.Applied);
    }

    [Fact]
    public async Task Ran_KeepsWhatSaysSomething()
    {
        using (var keeper = Start(_file.Path))
        {
            keeper.Ran(Call(ScriptAction.Start), Result(0, "started\n"));
            keeper.Ran(Call(ScriptAction.Watch), Result(0, ""));
            keeper.Ran(Call(ScriptAction.Watch), Result(1, new string('x', 10_000)));
            _log.Add(_history.Entries);
            await UntilAsync(keeper, () => keeper.Applied == Newest);
        }

        Assert.Equal(["start|7|0|succeeded|250|8", "watch|7|1|failed|250|4097"], _file.Query("select action, token, exit_code, outcome, duration_ms, length(output) from script_runs"));
    }

    [Fact]
    public async Task Rebuild_WhileItRuns_GivesTheSameRows()
    {
        _log.Add(_history.Entries);
        using var keeper = Start(_file.Path);
        await UntilAsync(keeper, () => keeper.Applied == Newest);
        var straight = _file.Dump();
        _file.Change("delete from events where idx > 20; update ownership set owner = 'n9'");
        Assert.False((await keeper.VerifyAsync(_history.State, Token)).IsSound);

        Assert.True((await keeper.RebuildAsync(Token)).IsSound);

        Assert.Equal(straight, _file.Dump());
        Assert.True((await keeper.VerifyAsync(_history.State, Token)).IsSound);
    }

    [Fact]
    public async Task Run_DiskIsFull_SaysSoAndGoesOnWhenThereIsRoom()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can mount a small disk");
        using var disk = await SmallDisk.TmpfsAsync(400, Token);
        _history.Grow(6000, TimeSpan.FromMinutes(30));
        _log.Add(_history.Entries);
        using (var keeper = Start(disk.Path))
        {
            await UntilAsync(keeper, () => keeper.Trouble.Length > 0);
            await disk.EnlargeAsync(Token);
            await UntilAsync(keeper, () => keeper.Applied == Newest);
            Assert.Equal("", keeper.Trouble);
            Assert.True((await keeper.VerifyAsync(_history.State, Token)).IsSound);
        }
    }

    /// <summary>A disk that hangs is not a disk that refuses: the call into the kernel does not come back. It holds up this thread, and not the daemon's end.</summary>
    [Fact]
    public async Task Run_DiskHangs_HoldsUpNobodyElseAndGoesOn()
    {
        Assert.SkipUnless(SmallDisk.CanFreeze, "needs root, loop devices and fsfreeze");
        using var disk = await SmallDisk.LoopAsync(Token);
        _log.Add(_history.Entries.Take(50));
        using (var keeper = Start(disk.Path))
        {
            await UntilAsync(keeper, () => keeper.Applied.Value == _history.Entries[49].Index);
            await disk.FreezeAsync(Token);
            _log.Add(_history.Entries.Skip(50).Take(100));
            await keeper.ReachAsync(Newest);
            Assert.True(keeper.Applied < Newest);
        }
        // Disposed, although its thread hangs.
        await disk.ThawAsync(Token);
        _log.Add(_history.Entries.Skip(150));
        using (var keeper = Start(disk.Path))
        {
            await UntilAsync(keeper, () => keeper.Applied == Newest);
            Assert.True((await keeper.VerifyAsync(_history.State, Token)).IsSound);
        }
    }

    private AuditKeeper Start(string path, TimeSpan? pace = null)
    {
        var options = new AuditOptions(path, TimeSpan.FromDays(36_500), long.MaxValue)
        {
            Pace = pace ?? TimeSpan.FromMilliseconds(1), RetryPause = TimeSpan.FromMilliseconds(10), ReachPatience = TimeSpan.FromMilliseconds(300), RowsPerTransactionMax = 100,
        };
        var keeper = new AuditKeeper(_log, options, TimeProvider.System, NullLogger<AuditKeeper>.Instance);
        keeper.Start();
        return keeper;
    }

    /// <summary>Only a failure waits long.</summary>
    private static async Task UntilAsync(AuditKeeper keeper, Func<bool> holds)
    {
        for (var waited = 0; !holds(); waited++)
        {
            if (waited > 6000) throw new TimeoutException($"it stands at entry {keeper.Applied}, and says '{keeper.Trouble}'");
            await Task.Delay(5, Token);
        }
    }

    private static ScriptCall Call(ScriptAction action) => new()
    {
        Resource = new ResourceId(ResourceKind.Service, "web"), Action = action, Context = new ScriptContext(new NodeId("n1"), new LogIndex(7), "because"), Words = ["true"],
        Timeout = TimeSpan.FromSeconds(1),
    };

    private static ScriptResult Result(int exit, string output) => new(exit, false, false, output, TimeSpan.FromMilliseconds(250));
}

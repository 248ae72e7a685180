using System.Text.Json;
using Drcm.Integration.Tests.Cli;
using Xunit;

namespace Drcm.Integration.Tests.Startup;

/// <summary><c>drcm log</c> on the spool of a real daemon, through both programs.</summary>
public sealed class LogToolTests : IDisposable
{
    private const string Runs = "drcmd runs as node node-a";

    private readonly StartupDirectory _directory = new();

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    private string Spool => _directory["spool"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Verify_SpoolOfADaemonThatEnded_IsSound()
    {
        await RunOnceAsync();
        var run = await LogAsync("log", "verify", "--spool", Spool, "-c", _directory["cm.cfg"]);
        Assert.Equal((0, ""), (run.Exit, run.Errors));
        Assert.Contains("vote for node-a", run.Output, StringComparison.Ordinal);
        Assert.Contains("Sound: ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_WhileADaemonRuns_RefusesAndInspectTellsSo()
    {
        using var daemon = _directory.Start();
        await daemon.UntilSaidAsync("node.started", Test);
        var verify = await LogAsync("log", "verify", "--spool", Spool);
        Assert.Equal(1, verify.Exit);
        Assert.Contains("a drcmd runs on", verify.Errors, StringComparison.Ordinal);
        var inspect = await LogAsync("log", "inspect", "--spool", Spool);
        Assert.Contains("a drcmd runs on", inspect.Errors, StringComparison.Ordinal);
        Assert.Contains("node.started", inspect.Output, StringComparison.Ordinal);
        Assert.Equal(0, await daemon.TerminateAsync(Test));
    }

    /// <summary>What verify refuses the daemon refuses as well, and it points to verify.</summary>
    [Fact]
    public async Task Verify_FlippedBit_RefusedWithFileByteAndRemedyAsByTheDaemon()
    {
        await RunOnceAsync();
        var segment = Directory.EnumerateFiles(Path.Combine(Spool, "raft"), "*.log").Single();
        var bytes = await File.ReadAllBytesAsync(segment, Test);
        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes, Test);

        var run = await LogAsync("log", "verify", "--spool", Spool);

        Assert.Equal(1, run.Exit);
        Assert.Contains($"DAMAGED  {segment}, byte ", run.Output, StringComparison.Ordinal);
        Assert.Contains("move the spool directory away", run.Output, StringComparison.Ordinal);
        using var daemon = _directory.Start();
        Assert.Equal(1, await daemon.ExitAsync(Test));
        Assert.Contains("drcm log verify", daemon.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_AsJson_HasEveryEntryWithItsEvents()
    {
        await RunOnceAsync();
        var run = await LogAsync("log", "inspect", "--json", "--from", "1", "--spool", Spool);
        Assert.Equal(0, run.Exit);
        using var json = JsonDocument.Parse(run.Output);
        var last = json.RootElement.GetProperty("log").GetProperty("last_index").GetInt64();
        var entries = json.RootElement.GetProperty("entries").EnumerateArray().ToArray();
        Assert.Equal(Enumerable.Range(1, (int)last).Select(i => (long)i), entries.Select(e => e.GetProperty("index").GetInt64()));
        var names = entries.SelectMany(e => e.GetProperty("events").EnumerateArray()).Select(e => e.GetProperty("event").GetString()).ToArray();
        Assert.Contains("cluster.configured", names);
        Assert.Contains("node.up", names);
    }

    [Fact]
    public async Task Start_SecondDaemonOnOneSpool_IsRefused()
    {
        using var first = _directory.Start();
        await first.UntilSaidAsync(Runs, Test);
        var second = await RunProgram.ToEndAsync(
            Path.Combine(AppContext.BaseDirectory, "drcmd"),
            ["--config", _directory["cm.cfg"], "--node", "node-a", "--run-dir", _directory["run2"], "--log-dir", _directory["log2"], "--spool-dir", Spool],
            Test);
        Assert.Equal(1, second.Exit);
        Assert.Contains($"another drcmd uses the spool {Spool}", second.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await first.TerminateAsync(Test));
    }

    private static Task<ProgramResult> LogAsync(params string[] words) => RunProgram.ToEndAsync(RunProgram.Drcm, words, Test);

    private async Task RunOnceAsync()
    {
        using var run = _directory.Start();
        await run.UntilSaidAsync("node.up: ", Test);
        Assert.Equal(0, await run.TerminateAsync(Test));
    }
}

using System.Diagnostics;
using Drcm.Integration.Tests.Scripts;
using Drcm.Node.Clock;
using Drcm.Node.Crontabs;
using Drcm.Node.Startup;
using Drcm.Node.Storage;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Reconciliation;

namespace Drcm.Integration.Tests.Crontabs;

/// <summary>A run directory as a daemon keeps it, and a cron that runs the lines of a file at once.</summary>
internal sealed class CronHost : IDisposable
{
    public static readonly LogIndex Token = new(7);

    private readonly TemporaryDirectory _directory = new();
    private readonly LeaseFile _lease;
    private readonly RunTableFile _running;

    public CronHost()
    {
        RunDir = _directory.Make("run");
        _lease = new LeaseFile(RunDir, IdentityReader.ReadBootId());
        _running = new RunTableFile(RunDir, IdentityReader.ReadBootId());
        Location = _directory.Make("cron.d");
    }

    public string RunDir { get; }

    public string Location { get; }

    public string this[string name] => _directory[name];

    public CrontabPlace Place(bool isGuarded = true, TimeProvider? clock = null) => new(RunDir, isGuarded, clock ?? LongAgo.Clock);

    public CrontabDefinition Crontab(string template, string? location = null, string? script = null) =>
        Sample.Cron(_directory.Write("apps", template), location ?? Location, script ?? ResourceScripts.PathOf("crontab.sh"));

    /// <param name="lease">From now; null: none.</param>
    public void Own(TimeSpan? lease, bool isSettled = true)
    {
        _lease.Write(lease is { } span ? MonotonicClock.Now + span : null);
        _running.Write(new RunTable([new RunEntry(new SlotId(new ResourceId(ResourceKind.Cron, "apps"), new NodeId("n1")), Token, isSettled)]));
    }

    public string Write(string name, string text, bool isProgram = false) => _directory.Write(name, text, isProgram);

    /// <summary>What cron does with the one line of the installed file that has five stars: its own shell, a clean environment, no
    /// signal ignored.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(string input = "")
    {
        var line = (await File.ReadAllLinesAsync(Path.Combine(Location, "apps"))).Single(l => l.StartsWith("* * * * *", StringComparison.Ordinal));
        return await ShellAsync(line["* * * * * root ".Length..], input);
    }

    public static async Task<(int ExitCode, string Output)> ShellAsync(string command, string input = "")
    {
        var start = new ProcessStartInfo("/usr/bin/env", ["--default-signal=PIPE", "/bin/sh", "-c", command])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["HOME"] = "/root";
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment["SHELL"] = "/bin/sh";
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    public void Dispose()
    {
        _lease.Dispose();
        _directory.Dispose();
    }

    /// <summary>An installation that is older than the minute.</summary>
    private sealed class LongAgo : TimeProvider
    {
        public static LongAgo Clock { get; } = new();

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}

using Drcm.Integration.Tests.Scripts;
using Xunit;

namespace Drcm.Integration.Tests.Startup;

/// <summary>What an earlier life left, found by a daemon that cannot start, or that starts after a reboot.</summary>
public sealed class LeftoverTests : IDisposable
{
    private readonly StartupDirectory _directory = new();

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    private string Installed => Path.Combine(_directory["cron.d"], "jobs");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Start_SpoolUnusable_ReleasesWhatItsPredecessorHeld()
    {
        await LeaveCrontabAsync();
        await File.WriteAllTextAsync(Path.Combine(_directory["run"], "running"), $"boot {await BootAsync()}\n7 settled cron:jobs@node-a\n", Test);
        Directory.CreateDirectory(Path.Combine(_directory["spool"], "incarnation"));
        using var run = _directory.Start();
        Assert.Equal(1, await run.ExitAsync(Test));
        Assert.Contains("released cron:jobs: the daemon cannot start", run.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(Installed));
    }

    [Fact]
    public async Task Start_AfterAReboot_RemovesTheCrontabBeforeItIsReady()
    {
        await LeaveCrontabAsync();
        await File.WriteAllTextAsync(Path.Combine(_directory["run"], "running"), "boot of-yesterday\n7 settled cron:jobs@node-a\n", Test);
        using var run = _directory.Start();
        await run.UntilSaidAsync("drcmd runs as node node-a", Test);
        var words = run.Text;
        Assert.InRange(
            words.IndexOf("removed cron:jobs: an earlier boot left it", StringComparison.Ordinal),
            0, words.IndexOf("drcmd runs as node node-a", StringComparison.Ordinal));
    }

    /// <summary>A voter of three that is alone: it owns nothing, whatever it finds.</summary>
    private async Task LeaveCrontabAsync()
    {
        foreach (var name in new[] { "run", "spool", "cron.d" }) Directory.CreateDirectory(_directory[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(_directory["jobs"], "# a job\n", Test);
        File.Copy(_directory["jobs"], Installed);
        _directory.Write($"[CM_CRONTABS]\njobs, {_directory["jobs"]}, {_directory["cron.d"]}, {ResourceScripts.PathOf("crontab.sh")}\n\n"
            + _directory.Nodes(3).Replace("nodename = node-a\n", "nodename = node-a\nnode_crontabs = jobs\n", StringComparison.Ordinal));
    }

    private static async Task<string> BootAsync() => (await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id", Test)).Trim();
}

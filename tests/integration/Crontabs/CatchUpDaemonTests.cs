using Drcm.Integration.Tests.Scripts;
using Drcm.Integration.Tests.Startup;
using Xunit;

namespace Drcm.Integration.Tests.Crontabs;

/// <summary>A real daemon that gives its crontab up in one minute and takes it again in another: waits for the clock to get there, most of a minute at worst.</summary>
public sealed class CatchUpDaemonTests : IDisposable
{
    private readonly StartupDirectory _directory = new();

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task MissedMinute_RunsOnce_AndNotAgainWhenTheDaemonIsKilled()
    {
        var ran = _directory["ran"];
        Directory.CreateDirectory(_directory["cron.d"]);
        await File.WriteAllTextAsync(_directory["apps"], $"* * * * * root echo x >> {ran}\n", Test);
        _directory.Write($"""
            {_directory.Nodes(1)}node_crontabs = apps
            [CM_CRONTABS]
            apps, {_directory["apps"]}, {_directory["cron.d"]}, {ResourceScripts.PathOf("crontab.sh")}
            [CM_OPTIONS]
            cron:apps, catch_up=once
            """);
        using (var former = _directory.Start())
        {
            await former.UntilSaidAsync("resource.started", Test);
            Assert.Equal(0, await former.TerminateAsync(Test));
        }
        Assert.False(File.Exists(ran));
        var minute = TimeSpan.FromMinutes(1);
        await Task.Delay(minute - new TimeSpan(DateTimeOffset.UtcNow.Ticks % minute.Ticks), Test);

        using (var killed = _directory.Start())
        {
            await killed.UntilSaidAsync("made up for missed runs of cron:apps@node-a, 1 line once: line 1: exit 0", Test);
        }
        using var last = _directory.Start();
        // By then it has read the event of the former one.
        await last.UntilSaidAsync("node.started", Test);
        Assert.Equal(0, await last.TerminateAsync(Test));

        Assert.DoesNotContain("made up for", last.Text, StringComparison.Ordinal);
        Assert.Equal("x\n", await File.ReadAllTextAsync(ran, Test));
    }
}

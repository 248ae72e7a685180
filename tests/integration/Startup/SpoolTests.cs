using Xunit;

namespace Drcm.Integration.Tests.Startup;

/// <summary>A daemon that has run before: what it finds in its spool and run directory.</summary>
public sealed class SpoolTests : IDisposable
{
    private const string Runs = "drcmd runs as node node-a";

    private readonly StartupDirectory _directory = new();

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    private string Promises => Path.Combine(_directory["spool"], "promises");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Start_PromisesMissingBesideTheLog_RefusesToVoteAndSaysWhatToDo()
    {
        await RunOnceAsync();
        File.Delete(Promises);
        await RefusedAsync($"{Promises} is missing", "put the file back", "joins anew from the other nodes");
    }

    [Fact]
    public async Task Start_PromisesDamaged_RefusesAndKeepsTheFile()
    {
        await RunOnceAsync();
        var whole = await File.ReadAllTextAsync(Promises, Test);
        await File.WriteAllTextAsync(Promises, whole[..^3], Test);
        await RefusedAsync(Promises, "cut short", "do not remove the file alone");
        Assert.Equal(whole[..^3], await File.ReadAllTextAsync(Promises, Test));
    }

    /// <summary>The log says who votes; the file is what an operator may apply.</summary>
    [Fact]
    public async Task Start_OtherVotersThanTheLogHas_RunsByTheLogAndSaysSo()
    {
        using (var first = _directory.Start())
        {
            await first.UntilSaidAsync("node.up", Test);
            Assert.Equal(0, await first.TerminateAsync(Test));
        }
        _directory.Write(_directory.Nodes(3));
        using var run = _directory.Start();
        await run.UntilSaidAsync("cm.cfg of this node differs from the configuration that the cluster runs by", Test);
        Assert.Contains("drcm config apply FILE", run.Text, StringComparison.Ordinal);
        Assert.Equal(0, await run.TerminateAsync(Test));
    }

    [Fact]
    public async Task Start_SecondDaemonOnOneRunDirectory_IsRefusedAndTheFirstRunsOn()
    {
        using var first = _directory.Start();
        await first.UntilSaidAsync(Runs, Test);
        await RefusedAsync("another drcmd runs with the run directory", _directory["run"]);
        Assert.Equal(0, await first.TerminateAsync(Test));
    }

    [Fact]
    public async Task Start_BackupOfAnUnknownNode_SaysSoInTheLogAndGoesOn()
    {
        _directory.Write(
            "[CM_IPADDRS]\nweb, 192.0.2.1, 24, lo, /bin/true\n\n" + _directory.Nodes(1) + "node_backup_floating_ip_addrs = node-x:web\n");
        using var run = _directory.Start();
        await run.UntilSaidAsync(Runs, Test);
        Assert.Contains("names the unknown node \"node-x\"", run.Text, StringComparison.Ordinal);
        Assert.Contains("write the nodename of a [CM_NODE]", run.Text, StringComparison.Ordinal);
        Assert.Equal(0, await run.TerminateAsync(Test));
    }

    private async Task RunOnceAsync()
    {
        using var run = _directory.Start();
        await run.UntilSaidAsync(Runs, Test);
        Assert.Equal(0, await run.TerminateAsync(Test));
    }

    private async Task RefusedAsync(params string[] words)
    {
        using var run = _directory.Start();
        Assert.Equal(1, await run.ExitAsync(Test));
        Assert.Contains("drcmd: error: ", run.Text, StringComparison.Ordinal);
        foreach (var word in words) Assert.Contains(word, run.Text, StringComparison.Ordinal);
    }
}

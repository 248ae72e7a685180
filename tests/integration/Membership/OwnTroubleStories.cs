using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;
using Xunit;

namespace Drcm.Integration.Tests.Membership;

/// <summary>A real disk under the spool of one of three daemons that takes no more writes: the node says so, and its slots are handed over while it lives on.</summary>
public sealed class OwnTroubleStories : IDisposable
{
    private const int DiskMebibytes = 40;

    private readonly LoopbackCluster _cluster = new() { Times = "dead_node_count = 12" };

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task Spool_IsFull_SlotsAreHandedOverInOrderAndComeBackWhenThereIsRoom()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can mount");
        var text = _cluster.Text([1, 2, 3]);
        _cluster.Prepare(3, text);
        await using var disk = await SmallDisk.MountAsync(_cluster.SpoolOf(3), DiskMebibytes, Test);
        await StartAsync(text);

        disk.Fill();
        // n3 gives n2 up, and has to promise that on its disk.
        _cluster.Kill(2);
        var troubled = await UntilTroubledAsync();
        _cluster.Start(2, text);
        await UntilAwayAsync();
        var events = (await _cluster.RunAsync(1, ["events", "tail", "-n", "100", "--node", "n3"], Test)).Output;
        disk.MakeRoom();
        await _cluster.UntilAtHomeAsync(1, [1, 2, 3], Test);

        Assert.Contains("No space left on device", troubled.Nodes.Single(n => n.Name == "n3").Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("node.down", events, StringComparison.Ordinal);
    }

    /// <summary>As kernels do when a disk begins to fail. Its log cannot be written either: it does not read that it shall give its slots away, and is given up as lagging.
    /// It does not become writable again without being mounted anew, which needs an end of the daemon. Run it by itself (<c>-explicit only</c>).</summary>
    [Fact(Explicit = true)]
    public async Task Spool_BecomesReadOnly_OthersTakeOverAndTheDaemonLivesOn()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && FailingDisk.IsPossible, "needs root, loop devices and mkfs.ext4");
        var text = _cluster.Text([1, 2, 3]);
        _cluster.Prepare(3, text);
        await using var disk = await FailingDisk.MountAsync(_cluster.SpoolOf(3), DiskMebibytes, Test);
        await StartAsync(text);

        disk.Fail();
        // n3 gives n2 up, and has to promise that on its disk.
        _cluster.Kill(2);
        var own = await _cluster.UntilAsync(3, "n3 says so itself", s => s.Trouble is not null, Test);
        _cluster.Start(2, text);
        var troubled = await UntilTroubledAsync();
        await UntilAwayAsync();
        _cluster.Kill(3);

        Assert.Contains("Read-only file system", troubled.Nodes.Single(n => n.Name == "n3").Reason, StringComparison.Ordinal);
        Assert.Contains(Health.Of(own).Sentences, s => s.StartsWith("n3 has trouble of its own", StringComparison.Ordinal));
    }

    private async Task StartAsync(string text)
    {
        foreach (var node in new[] { 1, 2, 3 }) _cluster.Start(node, text);
        await _cluster.UntilAtHomeAsync(1, [1, 2, 3], Test);
    }

    private Task<ClusterStatus> UntilTroubledAsync() => _cluster.UntilAsync(
        1, "n3 stands by for its trouble", s => s.Nodes.Single(n => n.Name == "n3").Standby == StandbyKind.Trouble, Test);

    private Task<ClusterStatus> UntilAwayAsync() => _cluster.UntilAsync(
        1, "app3 has moved", s => s.Slots.Single(l => l.Nickname == "app3") is { Phase: SlotPhase.Started, Owner: not "n3" }, Test);
}

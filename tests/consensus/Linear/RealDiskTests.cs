using Drcm.Simulation.Linear;
using Drcm.TestHosts;

namespace Drcm.Consensus.Tests.Linear;

/// <summary>Members as processes on small disks of their own that fill up, are read-only, or break: the member says so and leads no more, the others go on;
/// when the disk is well again it takes part, with everything. What is judged is the whole history.</summary>
public sealed class RealDiskTests
{
    private const int DiskMegabytes = 24;

    /// <summary>Each fills what was zeroed ahead, so that the disk is asked for new room.</summary>
    private const int Appends = 120;

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FullDisk_OfTheLeader_SaysSoAnotherLeadsAndItComesBack()
    {
        await using var cluster = await StartAsync(m => m.MountAsync(DiskMegabytes, Test));
        var victim = await cluster.LeaderAsync(Test);
        await victim.FillDiskAsync(Test);
        await cluster.AppendUntilAsync(victim, m => m.Output.Contains("the disk refuses writes (No space left on device", StringComparison.Ordinal), Test);
        await cluster.AppendAsync(Appends, victim, Test);
        Assert.False(victim.SaysThatItLeads);
        Assert.True(victim.IsRunning);
        await victim.EmptyDiskAsync(Test);
        await cluster.UntilAsync(victim, m => m.Output.Contains("the disk takes writes again", StringComparison.Ordinal), Test);
        await cluster.AssertWholeAsync(Test);
    }

    [Fact]
    public async Task ReadOnlyDisk_AtTheStart_RefusedWithARemedyAndWellAfterwards()
    {
        await using var cluster = await StartAsync(m => m.MountAsync(DiskMegabytes, Test));
        await cluster.AppendAsync(Appends, butNot: null, Test);
        var victim = await cluster.LeaderAsync(Test);
        await victim.KillAsync();
        await victim.RemountAsync(isReadOnly: true, Test);
        await cluster.StartAsync(victim, Test);
        await cluster.UntilAsync(victim, m => !m.IsRunning, Test);
        Assert.Contains("Read-only file system", victim.Output, StringComparison.Ordinal);
        await cluster.AppendAsync(Appends, victim, Test);
        await victim.RemountAsync(isReadOnly: false, Test);
        await cluster.StartAsync(victim, Test);
        await cluster.AssertWholeAsync(Test);
    }

    /// <summary>A loop device whose file has no room left fails when the kernel gets round to writing: the flush says so, once, and the process ends. When that is
    /// is the kernel's affair: run it by itself (<c>-explicit only</c>).</summary>
    [Fact(Explicit = true)]
    public async Task BrokenDisk_FlushFails_ProcessEndsAndTheOthersGoOn()
    {
        Assert.SkipUnless(File.Exists("/dev/loop-control") && File.Exists("/sbin/mkfs.ext4"), "needs loop devices and mkfs.ext4");
        await using var cluster = await StartAsync(m => m.MountLoopAsync(DiskMegabytes, Test));
        var victim = await cluster.LeaderAsync(Test);
        await victim.BreakLoopAsync(Test);
        await cluster.AppendUntilAsync(victim, m => !m.IsRunning, Test);
        Assert.True(victim.Output.Contains("Critical: a flush failed (", StringComparison.Ordinal) && victim.Output.Contains("ends: ", StringComparison.Ordinal), victim.Output);
        await cluster.AppendAsync(Appends, victim, Test);
    }

    private static Task<MemberCluster> StartAsync(Func<MemberHost, Task> mount)
    {
        Assert.SkipUnless(TestNetwork.IsAvailable, TestNetwork.WhyUnavailable);
        return MemberCluster.StartAsync(mount, Test);
    }
}

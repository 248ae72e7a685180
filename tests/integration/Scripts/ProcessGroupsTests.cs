using Drcm.Node.Scripts;
using Xunit;

namespace Drcm.Integration.Tests.Scripts;

public sealed class ProcessGroupsTests
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task IsEmpty_NumberBelongsToAnotherProcessNow_EmptyAndNeverSignalled()
    {
        using var stop = new CancellationTokenSource();
        var started = new TaskCompletionSource<ProcessGroup>();
        var run = new ScriptRunner().RunAsync(Sample.Shell("sleep 600") with { OnStarted = started.SetResult }, stop.Token);
        var group = await started.Task;
        var earlier = group with { StartTime = group.StartTime - 1 };
        Assert.False(ProcessGroups.IsEmpty(group));
        Assert.True(ProcessGroups.IsEmpty(earlier));
        Assert.False(ProcessGroups.Kill(earlier, 9));
        Assert.False(run.IsCompleted);
        await stop.CancelAsync();
        Assert.True((await run).Killed);
    }

    [Fact]
    public async Task KillAndWaitEmptyAsync_LeaderGoneMembersIgnoreTerm_EmptyAfterwards()
    {
        ProcessGroup? group = null;
        var call = Sample.Shell("trap '' TERM; sleep 600 & sleep 600 & exit 0");
        await new ScriptRunner().RunAsync(call with { OnStarted = g => group = g }, Test);
        Assert.False(ProcessGroups.IsEmpty(group!));
        Assert.True(await ProcessGroups.KillAndWaitEmptyAsync(group!, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10), Test));
        Assert.True(ProcessGroups.IsEmpty(group!));
    }
}

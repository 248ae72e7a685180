using Drcm.Integration.Tests.Scripts;
using Drcm.Node.Actions;
using Drcm.Node.Addresses;
using Drcm.Node.Announcements;
using Drcm.Node.Crontabs;
using Drcm.Node.Probes;
using Drcm.Node.Scripts;
using Drcm.StateMachine;
using Drcm.StateMachine.Reconciliation;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Drcm.Integration.Tests.Actions;

/// <summary>An address that was taken away and is back when the monitor looks.</summary>
public sealed class AddressMonitorTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Monitor_RemovedAndBackOfABuiltInScript_FailsOnceAndNamesTheInterface()
    {
        var actions = Actions(_directory.Make("run"));

        var first = await MonitorAsync(actions, _directory.Write("ip.sh", "#!/bin/sh\n# drcm-builtin: ip\n"));
        var second = await MonitorAsync(actions, _directory["ip.sh"]);

        Assert.Equal((ActionOutcome.Failed, "127.0.0.1 was removed from lo, not by drcm"), (first.Outcome, first.Detail));
        Assert.Equal(ActionOutcome.Succeeded, second.Outcome);
    }

    /// <summary>A script may take it away and put it back as it likes: only what is missing counts.</summary>
    [Fact]
    public async Task Monitor_RemovedAndBackOfACustomScript_Succeeds()
    {
        var result = await MonitorAsync(Actions(_directory.Make("run")), _directory.Write("own.sh", "#!/bin/sh\n"));

        Assert.Equal(ActionOutcome.Succeeded, result.Outcome);
    }

    private static Task<ActionResult> MonitorAsync(ActionExecutor actions, string script)
    {
        var ip = Sample.Ip("127.0.0.1", "8", "lo", script);
        return actions.RunAsync(
            new ActionRequest(1, ActionKind.Monitor, ip, new SlotId(ip.Id, new NodeId("n1")), new LogIndex(1), "the test wants it"), Test);
    }

    private static ActionExecutor Actions(string runDir)
    {
        var runner = new ScriptRunner();
        var removals = new Queue<string>(["lo"]);
        return new ActionExecutor(
            new NodeId("n1"), runner, new ResourceProbe(runner), new CrontabPlace(runDir, isGuarded: false, TimeProvider.System),
            new AddressHolder(new NeighbourProbe()), new AddressAnnouncer(TimeProvider.System), new StartedGroups(runDir, isSameBoot: false),
            new ResourceLogs(ResourceLogsTests.Settings(runDir), TimeProvider.System), NullLogger<ActionExecutor>.Instance)
        {
            TakeRemoval = _ => removals.TryDequeue(out var device) ? device : null,
        };
    }
}

using Drcm.Integration.Tests.Scripts;
using Drcm.Node.Actions;
using Drcm.Node.Addresses;
using Drcm.Node.Announcements;
using Drcm.Node.Crontabs;
using Drcm.Node.Probes;
using Drcm.Node.Scripts;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Reconciliation;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Drcm.Integration.Tests.Actions;

/// <summary>A stop always ends, whatever its script does, and nothing of another resource is touched.</summary>
public sealed class StopTests : IDisposable
{
    private static readonly ScriptRunnerOptions Quick = new() { Grace = TimeSpan.FromMilliseconds(200) };

    private readonly TemporaryDirectory _directory = new();
    private readonly StartedGroups _groups;
    private readonly ActionExecutor _actions;
    private long _last;

    public StopTests()
    {
        var runner = new ScriptRunner(Quick);
        _groups = new StartedGroups(_directory.Root, isSameBoot: false);
        _actions = new ActionExecutor(
            new NodeId("n1"), runner, new ResourceProbe(runner), new CrontabPlace(_directory.Root, isGuarded: false, TimeProvider.System),
            new AddressHolder(new NeighbourProbe()), new AddressAnnouncer(TimeProvider.System), _groups,
            new ResourceLogs(ResourceLogsTests.Settings(_directory.Root), TimeProvider.System), NullLogger<ActionExecutor>.Instance);
    }

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Stop_ScriptIgnoresTerm_TimedOutAndNothingOfItIsLeft()
    {
        var service = Service("trap '' TERM; while :; do sleep 600; done") with { StopTimeout = TimeSpan.FromMilliseconds(300) };

        var result = await StopAsync(service);

        Assert.Equal(ActionOutcome.TimedOut, result.Outcome);
        Assert.Contains("timed out", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_ScriptForksAwayIntoASessionOfItsOwn_EndsAllTheSame()
    {
        var mark = _directory["mark"];
        var service = Service($"setsid sh -c 'while [ ! -e {mark} ]; do sleep 0.05; done; touch {mark}.seen' & exit 0");

        var result = await StopAsync(service);

        Assert.Equal(ActionOutcome.Succeeded, result.Outcome);
        await File.WriteAllTextAsync(mark, "", Test);
        while (!File.Exists(mark + ".seen")) await Task.Delay(5, Test);
    }

    /// <summary>What the start left behind ends with the stop; what another resource left does not.</summary>
    [Fact]
    public async Task Stop_OfOneResource_LeavesTheProcessesOfAnotherAlone()
    {
        var own = Service("exit 0", "a", start: "sleep 600 & exit 0");
        var other = Service("exit 0", "b", start: "sleep 600 & exit 0");
        await RunAsync(own, ActionKind.Start);
        await RunAsync(other, ActionKind.Start);
        var ownGroup = Assert.Single(_groups.Of(own.Id));
        var otherGroup = Assert.Single(_groups.Of(other.Id));

        Assert.Equal(ActionOutcome.Succeeded, (await StopAsync(own)).Outcome);

        Assert.True(ProcessGroups.IsEmpty(ownGroup));
        Assert.False(ProcessGroups.IsEmpty(otherGroup));
        await StopAsync(other);
        Assert.True(ProcessGroups.IsEmpty(otherGroup));
    }

    /// <summary>Many groups that do not end when they are asked: killed beside each other, so that the stop keeps its budget.</summary>
    [Fact]
    public async Task Stop_ManyLeftoversThatIgnoreTerm_AllAreGone()
    {
        var service = Service("exit 0", "many", start: "(trap '' TERM; while :; do sleep 600; done) & exit 0");
        for (var i = 0; i < 8; i++) await RunAsync(service, ActionKind.Start);
        var groups = _groups.Of(service.Id);
        Assert.Equal(8, groups.Count);

        Assert.Equal(ActionOutcome.Succeeded, (await StopAsync(service)).Outcome);

        Assert.All(groups, g => Assert.True(ProcessGroups.IsEmpty(g)));
    }

    /// <summary>At the end of a lease there is no time for the script's own timeout, nor for asking twice.</summary>
    [Fact]
    public async Task Stop_WithALimit_IsKilledAtItAndNotAtItsOwnTimeout()
    {
        var service = Service("trap '' TERM; while :; do sleep 600; done") with { StopTimeout = TimeSpan.FromHours(1) };

        var result = await _actions.RunAsync(Request(service, ActionKind.Stop) with { Limit = TimeSpan.FromMilliseconds(100) }, Test);

        Assert.Equal(ActionOutcome.TimedOut, result.Outcome);
    }

    [Fact]
    public void Remember_RunDirectoryIsGone_ScriptIsWatchedToItsEnd()
    {
        var runDir = _directory.Make("run");
        var groups = new StartedGroups(runDir, isSameBoot: false);
        Directory.Delete(runDir);

        groups.Remember(new ResourceId(ResourceKind.Service, "web"), new ProcessGroup(1 << 22, 1));

        Assert.Single(groups.Of(new ResourceId(ResourceKind.Service, "web")));
    }

    private Task<ActionResult> StopAsync(ResourceDefinition resource) => RunAsync(resource, ActionKind.Stop);

    private Task<ActionResult> RunAsync(ResourceDefinition resource, ActionKind kind) => _actions.RunAsync(Request(resource, kind), Test);

    private ActionRequest Request(ResourceDefinition resource, ActionKind kind) =>
        new(++_last, kind, resource, new SlotId(resource.Id, new NodeId("n1")), new LogIndex(1), "the test wants it");

    private ServiceDefinition Service(string stop, string name = "web", string start = "exit 0")
    {
        var script = _directory.Write($"{name}.sh", $"#!/bin/sh\nif [ $2 = start ]; then {start}\nfi\n{stop}\n", isProgram: true);
        return Sample.Service(name, script) with { Id = new ResourceId(ResourceKind.Service, name) };
    }
}

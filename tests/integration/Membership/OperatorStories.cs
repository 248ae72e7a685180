using Drcm.Integration.Tests.Cli;
using Drcm.StateMachine.Cluster;
using Xunit;

namespace Drcm.Integration.Tests.Membership;

/// <summary>The operator's hand, by drcm on the control sockets of real daemons: whoever is asked brings it to the leader.</summary>
public sealed class OperatorStories : IDisposable
{
    private readonly LoopbackCluster _cluster = new();

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task ConfirmDown_ExclusiveApplicationOfADeadNode_RefusedWhileItIsUpThenTakenOver()
    {
        await StartAsync(_cluster.Text([1, 2, 3]) + "[CM_OPTIONS]\napplication:app3, exclusive=yes\n");

        var early = await _cluster.RunAsync(1, ["node", "confirm-down", "n3", "--yes"], Test);

        Assert.Equal(1, early.Exit);
        Assert.Equal("drcm: refused: n3 is up: switch it off and wait until it is declared down, then confirm\n", early.Errors);
        _cluster.Kill(3);
        await _cluster.UntilAsync(1, "app3 waits for proof", s => s.Slots.Single(l => l.Nickname == "app3").Phase == SlotPhase.Unknown, Test);

        var confirmed = await _cluster.RunAsync(2, ["node", "confirm-down", "n3", "--yes", "--reason", "its plug is in my hand"], Test);

        Assert.True(confirmed.Exit == 0, confirmed.Errors);
        Assert.Contains(": its plug is in my hand): what it held is free", confirmed.Output, StringComparison.Ordinal);
        await _cluster.UntilAsync(
            1, "app3 is taken over", s => s.Slots.Single(l => l.Nickname == "app3") is { Phase: SlotPhase.Started, Owner: not "n3" }, Test);
        var events = await _cluster.RunAsync(1, ["events", "tail", "-n", "50", "--node", "n3", "--json"], Test);
        Assert.Contains("\"event\":\"node.fenced\"", events.Output, StringComparison.Ordinal);
        Assert.Contains("\"actor\":\"operator:", events.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MoveStandbyMaintenance_ThroughAnyNode_HappenAndAreRefusedWordForWord()
    {
        await StartAsync(_cluster.Text([1, 2, 3]));

        await DoneAsync(3, "resource", "move", "app1", "n2");
        await OwnerAsync("app1", "n2");
        await RefusedAsync("n9 is not listed for application:app1@n1; it may run on n1, n2, n3", "resource", "move", "application:app1@n1", "n9");
        await RefusedAsync("application:app1@n1 has no failures to clear", "resource", "clear", "app1");
        await DoneAsync(1, "resource", "move", "app1");
        await OwnerAsync("app1", "n1");

        await DoneAsync(2, "node", "standby", "n1");
        await _cluster.UntilAsync(2, "n1 has given app1 away", s => s.Slots.Single(l => l.Nickname == "app1") is { Phase: SlotPhase.Started, Owner: not "n1" }, Test);
        await RefusedAsync("n1 stands by already", "node", "standby", "n1");
        await DoneAsync(1, "node", "activate", "n1");
        await OwnerAsync("app1", "n1");

        await DoneAsync(1, "maintenance", "on");
        await RefusedAsync("the cluster is in maintenance; leave it first with 'drcm maintenance off'", "resource", "move", "app1", "n2");
        await DoneAsync(2, "maintenance", "off");
    }

    private async Task StartAsync(string text)
    {
        foreach (var node in new[] { 1, 2, 3 }) _cluster.Start(node, text);
        foreach (var node in new[] { 1, 2, 3 }) await _cluster.UntilAtHomeAsync(node, [1, 2, 3], Test);
    }

    private async Task DoneAsync(int through, params string[] words)
    {
        var result = await _cluster.RunAsync(through, words, Test);
        Assert.True(result.Exit == 0, result.Errors);
        Assert.Contains("In the log at index ", result.Output, StringComparison.Ordinal);
    }

    private async Task RefusedAsync(string why, params string[] words)
    {
        var result = await _cluster.RunAsync(2, words, Test);
        Assert.Equal(1, result.Exit);
        Assert.Equal($"drcm: refused: {why}\n", result.Errors);
    }

    private Task<StateMachine.Control.ClusterStatus> OwnerAsync(string application, string node) => _cluster.UntilAsync(
        1, $"{node} runs {application}", s => s.Slots.Single(l => l.Nickname == application) is { Phase: SlotPhase.Started } slot && slot.Owner == node, Test);
}

using Drcm.StateMachine.Decisions;

namespace Drcm.Property.Tests.Scenarios;

/// <summary><c>command …</c>: what an operator asks.</summary>
internal static class Commands
{
    public static Command Parse(StoryRun run, string[] words) => words switch
    {
        ["standby", var node] => new SetStandby(new(node)),
        ["activate", var node] => new Activate(new(node)),
        ["move", var slot] => new RequestMove(run.Slot(slot), null),
        ["move", var slot, var node] => new RequestMove(run.Slot(slot), new(node)),
        ["clear", var slot] => new ClearFailures(run.Slot(slot)),
        ["maintenance", "on"] => new EnterMaintenance(),
        ["maintenance", "off"] => new LeaveMaintenance(),
        ["fenced", var node, "heard", var other, .. var by] => new ConfirmFenced(new(node), string.Join(' ', by)) { HeardBy = [new(other)] },
        ["fenced", var node, .. var by] => new ConfirmFenced(new(node), string.Join(' ', by)),
        _ => throw new ArgumentException($"unknown command '{string.Join(' ', words)}'", nameof(words)),
    };
}

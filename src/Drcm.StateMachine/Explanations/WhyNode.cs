using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Explanations;

/// <summary>Why a node is as it is.</summary>
internal static class WhyNode
{
    public static Explanation Of(ClusterState state, WhyFacts facts, NodeState node, ImmutableArray<EventLine> chain) => new(
        node.Id.Value, [.. Now(state, node)], [], [.. Waits(state, facts, node)], [.. Changes(state, node)], chain);

    private static IEnumerable<string> Now(ClusterState state, NodeState node)
    {
        var defined = state.Definition!.Nodes.FirstOrDefault(n => n.Id == node.Id);
        yield return (node.Status, node.Standby) switch
        {
            _ when defined is null => $"{node.Id} has left the configuration",
            _ when !defined.IsActive => $"{node.Id} is inactive: cm.cfg has node_is_active = 0 for it",
            (NodeStatus.Pending, _) => $"{node.Id} has not come up since the cluster was first configured",
            (NodeStatus.Down, _) => $"{node.Id} is down",
            (_, StandbyKind.Operator) => $"{node.Id} is up and stands by: an operator said so",
            (_, StandbyKind.Shutdown) => $"{node.Id} is up and shutting down",
            (_, StandbyKind.Trouble) => $"{node.Id} is up and has trouble of its own",
            _ => $"{node.Id} is up",
        };
        if (node.Reason.Length > 0) yield return node.Reason;
        if (defined is { IsWitness: true }) yield return "it is a witness: it votes, and runs no resources";
        else if (state.Voters.Contains(node.Id)) yield return "it votes";
        var owned = state.Slots.Values.Where(s => s.Owner == node.Id).ToArray();
        foreach (var slot in owned) yield return $"has {slot.Id} ({Words.Of(slot.Phase)}): {slot.Reason}";
        foreach (var slot in state.Slots.Values.Where(s => s.Id.Home == node.Id && s.Owner != node.Id))
            yield return slot.Owner is { } other ? $"its {slot.Id.Resource} is on {other}: {slot.Reason}" : $"its {slot.Id.Resource} runs nowhere: {slot.Reason}";
        if (owned.Length == 0 && node.Status == NodeStatus.Up && defined is { IsWitness: false }) yield return "it has nothing to run";
    }

    /// <summary>What the leader would say now.</summary>
    private static IEnumerable<string> Waits(ClusterState state, WhyFacts facts, NodeState node)
    {
        if (facts.View is not { } view) yield break;
        var heard = CurrentReports.Of(view, node);
        if (node.Id != view.Self)
        {
            if (heard is null) yield return $"{Asked(view)} has heard nothing of its present daemon";
            else if (!heard.IsFresh) yield return $"{Asked(view)} does not hear it";
        }
        if (heard?.Report.Trouble is { Length: > 0 } trouble) yield return $"it reports trouble: {trouble}";
        if (node.Status != NodeStatus.Down && Suspicion.Of(state, view, node) is { By.Length: > 0 } suspicion)
            yield return $"{Words.List(suspicion.By)} acknowledged nothing to it for D; {state.Majority} of {state.Voters.Count} voters make it down";
        var decision = Decider.Decide(state, new Observe(view));
        foreach (var next in decision.Events.Where(e => facts.IsLeading && EventSubject.NodeOf(e.Event) == node.Id && EventSubject.SlotOf(e.Event) is null)) yield return $"next: {next.Reason}";
        foreach (var refusal in decision.Refusals.Where(r => r.StartsWith($"{node.Id} ", StringComparison.Ordinal))) yield return refusal;
    }

    private static string Asked(LeaderView view) => view.Self == default ? "the node that was asked" : view.Self.Value;

    private static IEnumerable<string> Changes(ClusterState state, NodeState node)
    {
        if (state.Definition!.Nodes.FirstOrDefault(n => n.Id == node.Id) is not { IsActive: true })
        {
            yield return "node_is_active = 1 for it in cm.cfg, then drcm config apply";
            yield break;
        }
        switch (node.Status, node.Standby)
        {
            case (NodeStatus.Pending, _):
                yield return "its daemon is started, reaches the others, and has read the log: it comes up by itself";
                break;
            case (NodeStatus.Down, _):
                yield return $"its daemon is heard again, has read of its death at {node.DownAt}, and holds nothing exclusive: it comes up by itself";
                if (state.Slots.Values.Any(s => s.Owner == node.Id))
                    yield return $"drcm node confirm-down {node.Id}, once it is switched off: frees what it may still run";
                break;
            case (_, StandbyKind.Operator):
                yield return $"drcm node activate {node.Id}: it takes slots again";
                break;
            case (_, StandbyKind.Shutdown):
                yield return "its daemon is started again: it takes slots again";
                break;
            case (_, StandbyKind.Trouble):
                yield return "its trouble has been over for a while: it takes slots again by itself";
                break;
            default:
                yield return $"drcm node standby {node.Id}: it gives its slots away in order";
                yield return $"{state.Majority} of {state.Voters.Count} voters acknowledge nothing to it for {Words.Seconds(state.Definition.Timing.DeadAfter)}: it is down";
                break;
        }
    }
}

using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.Nodes;

namespace Drcm.Simulation.Cluster;

/// <summary>Leaders that decide what they should not, with evidence that they made up.</summary>
internal static class LyingLeaders
{
    /// <summary>What it has expired itself is dead, whatever the other voters say.</summary>
    public static DecisionRules DeclaresDeathAlone { get; } = DecisionRules.All with
    {
        Decide = (state, command) =>
        {
            var decision = Decider.Decide(state, command);
            if (command is not Observe { View: var view } || !view.Reports.TryGetValue(view.Self, out var own) || !decision.Events.IsEmpty) return decision;
            foreach (var expiry in own.Report.Expiries)
            {
                if (state.Nodes.TryGetValue(expiry.Node, out var node) && node.Status == NodeStatus.Up && node.Round == expiry.Round)
                    return decision with { Events = [new ReasonedEvent(new NodeDown(expiry.Node, expiry.Round, [.. state.Voters]), "the leader alone says so")] };
            }
            return decision;
        },
    };

    /// <summary>What was told to stop has stopped.</summary>
    public static DecisionRules TakesRevokedForStopped { get; } = DecisionRules.All with
    {
        Decide = (state, command) =>
        {
            var decision = Decider.Decide(state, command);
            if (command is not Observe || !decision.Events.IsEmpty) return decision;
            var revoked = state.Slots.Values.FirstOrDefault(s => s.Phase == SlotPhase.Revoked && state.Nodes.ContainsKey(s.Owner!.Value));
            return revoked is null
                ? decision
                : decision with { Events = [new ReasonedEvent(new ResourceStopped(revoked.Id, revoked.Token, state.Nodes[revoked.Owner!.Value].Incarnation), "it will have stopped")] };
        },
    };
}

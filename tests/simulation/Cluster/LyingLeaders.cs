using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
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

    /// <summary>Who is back may own again, whatever it still holds.</summary>
    public static DecisionRules ReadmitsHolders { get; } = DecisionRules.All with
    {
        Decide = (state, command) => Decider.Decide(state, command is not Observe { View: var view }
            ? command
            : new Observe(view with
            {
                Reports = view.Reports.ToImmutableSortedDictionary(r => r.Key, r => r.Value with { Report = r.Value.Report with { HoldsExclusive = false } }),
            })),
    };

    /// <summary>An application is left to a node that shuts down.</summary>
    public static DecisionRules LeavesApplications { get; } = DecisionRules.All with
    {
        Decide = (state, command) =>
        {
            var decision = Decider.Decide(state, command);
            return command is Observe { View: var view }
                ? decision with { Events = decision.Events.RemoveAll(e => e.Event is SlotRevoked { Slot: var slot } && IsLeft(state, view, slot)) }
                : decision;
        },
    };

    private static bool IsLeft(ClusterState state, LeaderView view, SlotId slot) =>
        slot.Resource.Kind == ResourceKind.Application
        && state.Slots.TryGetValue(slot, out var known) && known.Owner is { } owner
        && view.Reports.TryGetValue(owner, out var heard) && heard.Report.IsLeaving;
}

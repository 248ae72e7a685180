using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.Nodes;

namespace Drcm.Simulation.Cluster;

/// <summary>Events that change the state by one rule less, on every node alike.</summary>
internal static class WrongTransitions
{
    /// <summary>O19: a death frees what takes its time to be released as well.</summary>
    public static DecisionRules FreesAtDeath { get; } = DecisionRules.All with
    {
        Apply = (state, index, batch) =>
        {
            var dead = batch.Events.Select(e => e.Event).OfType<NodeDown>().Select(d => d.Node).ToHashSet();
            var hurried = state.Slots.Values.Where(s => s.Owner is { } owner && dead.Contains(owner)).Select(s => s with { ReleaseBudget = TimeSpan.Zero });
            return Transition.Apply(SlotChanges.PutAll(state, [.. hurried]), index, batch);
        },
    };

    /// <summary>O9: a daemon that starts again has lost what ran, as a boot has.</summary>
    public static DecisionRules EveryStartIsABoot { get; } = DecisionRules.All with
    {
        Apply = (state, index, batch) => Transition.Apply(state, index, batch with
        {
            Events =
            [
                .. batch.Events.Select(e => e.Event is NodeStarted started ? e with { Event = started with { BootId = $"{started.BootId}-{started.Incarnation}" } } : e),
            ],
        }),
    };

    /// <summary>O14: what leaves the configuration is forgotten at once, wherever it still runs.</summary>
    public static DecisionRules RemovesAtOnce { get; } = DecisionRules.All with
    {
        Apply = (state, index, batch) =>
        {
            var applied = Transition.Apply(state, index, batch);
            if (!batch.Events.Any(e => e.Event is ClusterConfigured)) return applied;
            var context = new EventContext(index, batch.At, "it has left the configuration");
            var retired = applied.State.Slots.Values.Where(s => s.IsRetired).Select(s => SlotChanges.Freed(s, context));
            return applied with { State = SlotChanges.PutAll(applied.State, [.. retired]) };
        },
    };
}

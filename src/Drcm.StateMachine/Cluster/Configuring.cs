using System.Collections.Immutable;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Cluster;

/// <summary>A new definition takes over; what stays keeps its state, what goes is stopped first (O14).</summary>
internal static class Configuring
{
    public static Outcome Apply(ClusterState state, EventContext context, ClusterConfigured e)
    {
        if (state.DefinitionText == e.Definition && state.Definition is not null && state.ConfigurationFile == e.File)
            return Outcome.None(state, "the cluster runs by this definition already");
        var definition = DefinitionText.Read(e.Definition);
        if (definition is null) return Outcome.None(state, "the definition cannot be read");
        var topology = Topology.Of(definition);
        if (topology.Nodes.Count > Limits.NodesMax)
            return Outcome.None(state, $"{topology.Nodes.Count} nodes are more than {Limits.NodesMax}");
        if (topology.Slots.Count > Limits.SlotsMax)
            return Outcome.None(state, $"{topology.Slots.Count} slots are more than {Limits.SlotsMax}");
        if (TimingChanges.Begin(state, context.Index, definition.Timing) is not { } timed)
            return Outcome.None(state, $"not every node that is up has read of the times of index {state.TimingAt} yet; change them again in a moment");
        return Outcome.Effective(timed with
        {
            Definition = definition,
            DefinitionText = e.Definition,
            ConfiguredAt = context.Index,
            ConfigurationFile = e.File,
            Voters = state.Voters.IsEmpty ? topology.WantedVoters : state.Voters,
            VotersAt = state.Voters.IsEmpty ? context.Index : state.VotersAt,
            Nodes = NodesUnder(topology, state, context),
            Slots = SlotsUnder(topology, state, context),
        });
    }

    /// <summary>A node that has left the definition goes when it owns nothing any more and does not vote.</summary>
    public static ClusterState Prune(ClusterState state)
    {
        if (state.Definition is null) return state;
        var topology = Topology.Of(state.Definition);
        if (state.Nodes.Count == topology.Nodes.Count) return state;
        var owners = new SortedSet<NodeId>();
        foreach (var slot in state.Slots.Values)
        {
            if (slot.Owner is { } owner) owners.Add(owner);
        }
        var gone = state.Nodes.Keys.Where(n => !topology.Nodes.ContainsKey(n) && !owners.Contains(n) && !state.Voters.Contains(n)).ToImmutableArray();
        return gone.IsEmpty ? state : state with { Nodes = state.Nodes.RemoveRange(gone) };
    }

    private static ImmutableSortedDictionary<NodeId, NodeState> NodesUnder(
        Topology topology, ClusterState state, EventContext context)
    {
        var nodes = state.Nodes.ToBuilder();
        foreach (var node in topology.Nodes.Keys)
        {
            if (nodes.ContainsKey(node)) continue;
            nodes.Add(node, new NodeState { Id = node, Status = NodeStatus.Pending, Since = context.At, Reason = context.Reason });
        }
        return nodes.ToImmutable();
    }

    /// <summary>Its owner may stop it by the former configuration or by the new one.</summary>
    private static TimeSpan BudgetUnder(Topology topology, SlotTopology known, SlotState slot)
    {
        if (slot.Phase == SlotPhase.Free || slot.HeldIdentity.Length == 0) return slot.ReleaseBudget;
        var budget = ReleaseRules.BudgetOf(known.Resource, topology.Definition.SelfFence);
        return budget > slot.ReleaseBudget ? budget : slot.ReleaseBudget;
    }

    private static ImmutableSortedDictionary<SlotId, SlotState> SlotsUnder(
        Topology topology, ClusterState state, EventContext context)
    {
        var slots = state.Slots.ToBuilder();
        foreach (var slot in state.Slots.Values)
        {
            if (topology.Slots.TryGetValue(slot.Id, out var known))
                slots[slot.Id] = slot with { IsRetired = false, ReleaseBudget = BudgetUnder(topology, known, slot) };
            else if (slot.Phase == SlotPhase.Free) slots.Remove(slot.Id);
            else slots[slot.Id] = slot with { IsRetired = true, MoveTarget = null };
        }
        foreach (var id in topology.Slots.Keys)
        {
            if (slots.ContainsKey(id)) continue;
            slots.Add(id, new SlotState { Id = id, Phase = SlotPhase.Free, Since = context.At, Reason = context.Reason });
        }
        return slots.ToImmutable();
    }
}

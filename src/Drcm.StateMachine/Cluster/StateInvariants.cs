using System.Collections.Immutable;
using Drcm.StateMachine.Configuration;

namespace Drcm.StateMachine.Cluster;

/// <summary>What must hold in every state, whatever the log contains. Checked by tests and simulator at every step.</summary>
public static class StateInvariants
{
    /// <summary>One sentence for each violation; empty if the state is sound.</summary>
    public static ImmutableArray<string> Check(ClusterState state)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        var held = new SortedDictionary<string, SlotId>(StringComparer.Ordinal);
        foreach (var slot in state.Slots.Values)
        {
            CheckShape(state, slot, found);
            CheckOwner(state, slot, found);
            if (slot.HeldIdentity.Length > 0 && !held.TryAdd(slot.HeldIdentity, slot.Id))
                found.Add($"{slot.HeldIdentity} is held by {held[slot.HeldIdentity]} and by {slot.Id}");
        }
        if (!held.SequenceEqual(state.Holders)) found.Add("the table of holders differs from the slots");
        foreach (var node in state.Nodes.Values) CheckNode(state, node, found);
        CheckVoters(state, found);
        return found.ToImmutable();
    }

    private static void CheckShape(ClusterState state, SlotState slot, ImmutableArray<string>.Builder found)
    {
        if ((slot.Phase == SlotPhase.Free) != slot.Owner is null) found.Add($"{slot.Id} is {Words.Of(slot.Phase)} with owner '{slot.Owner}'");
        if (slot.Phase == SlotPhase.Free && slot.HeldIdentity.Length > 0) found.Add($"{slot.Id} is free and holds {slot.HeldIdentity}");
        if (slot.Phase == SlotPhase.Free && slot.IsRetired) found.Add($"{slot.Id} is free and retired, yet there");
        if (slot.Phase == SlotPhase.Free && slot.ReleaseBudget != TimeSpan.Zero) found.Add($"{slot.Id} is free and has a release budget");
        if (slot.Phase == SlotPhase.Releasing && (slot.ReleaseBudget <= TimeSpan.Zero || slot.HeldIdentity.Length == 0))
            found.Add($"{slot.Id} is releasing without a budget or without being exclusive");
        if (slot.Token > state.Version) found.Add($"token {slot.Token} of {slot.Id} is beyond version {state.Version}");
        if (slot.Phase != SlotPhase.Free && slot.Token == LogIndex.None) found.Add($"{slot.Id} is owned without a token");
        if (slot.Failures.Values.Any(f => f <= 0)) found.Add($"{slot.Id} has a failure count that is not positive");
    }

    private static void CheckOwner(ClusterState state, SlotState slot, ImmutableArray<string>.Builder found)
    {
        if (slot.Owner is not { } owner) return;
        if (!state.Nodes.TryGetValue(owner, out var node))
        {
            found.Add($"{slot.Id} is owned by {owner}, which is not a node");
            return;
        }
        var mayOutliveOwner = slot.Phase is SlotPhase.Unknown or SlotPhase.Releasing && slot.HeldIdentity.Length > 0;
        if (node.Status != NodeStatus.Up && !mayOutliveOwner)
            found.Add($"{slot.Id} is {Words.Of(slot.Phase)} on {owner}, which is {Words.Of(node.Status)}");
        // An assignment older than the configuration may be out of date until it is revoked.
        if (slot.Token <= state.ConfiguredAt || state.Definition is not { } definition) return;
        var topology = Topology.Of(definition);
        if (!topology.Slots.TryGetValue(slot.Id, out var known) || !known.Lists(definition, owner))
            found.Add($"{slot.Id} is owned by {owner}, which is not listed for it");
        else if (known.Identity != slot.HeldIdentity)
            found.Add($"{slot.Id} holds '{slot.HeldIdentity}' instead of '{known.Identity}'");
        if (topology.Nodes.TryGetValue(owner, out var defined) && (defined.IsWitness || !defined.IsActive))
            found.Add($"{slot.Id} is owned by {owner}, which may own nothing");
    }

    private static void CheckVoters(ClusterState state, ImmutableArray<string>.Builder found)
    {
        if (state.Voters.IsEmpty != state.Definition is null) found.Add("nobody votes");
        if (state.TimingAt > state.Version) found.Add($"the times are of index {state.TimingAt}, beyond version {state.Version}");
        if (state.VotersAt > state.Version) found.Add($"the voters are of index {state.VotersAt}, beyond version {state.Version}");
        foreach (var voter in state.Voters)
        {
            if (!state.Nodes.ContainsKey(voter)) found.Add($"{voter} votes and is not a node");
        }
    }

    private static void CheckNode(ClusterState state, NodeState node, ImmutableArray<string>.Builder found)
    {
        if (node.Epoch > node.Round) found.Add($"{node.Id} is in round {node.Round}, before its epoch {node.Epoch}");
        if (node.DownAt > node.Round) found.Add($"{node.Id} is in round {node.Round}, before its death at {node.DownAt}");
        if (node.Status == NodeStatus.Up && node.DownAt > node.Epoch) found.Add($"{node.Id} is up, yet died after its epoch");
        if (node.Status == NodeStatus.Down && node.DownAt < node.Epoch) found.Add($"{node.Id} is down, yet came up after its death");
        if (node.Round > state.Version || node.StartedAt > state.Version) found.Add($"{node.Id} is ahead of version {state.Version}");
    }
}

using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Drcm.StateMachine.Configuration;

namespace Drcm.StateMachine.Cluster;

/// <summary>A definition arranged for decisions: who may own each slot, in which order; who shall vote. Computed once per definition.</summary>
public sealed class Topology
{
    private static readonly ConditionalWeakTable<ClusterDefinition, Topology> Known = new();

    private Topology(ClusterDefinition definition)
    {
        Definition = definition;
        Resources = definition.Resources.DistinctBy(r => r.Id).ToImmutableSortedDictionary(r => r.Id, r => r);
        Nodes = definition.Nodes.DistinctBy(n => n.Id).ToImmutableSortedDictionary(n => n.Id, n => n);
        WantedVoters = [.. definition.Nodes.Where(n => n.IsVoter).Select(n => n.Id)];
        Slots = SlotsOf(definition, Resources);
        InOrder = [.. Slots.Values];
    }

    public ClusterDefinition Definition { get; }

    public ImmutableSortedDictionary<NodeId, NodeDefinition> Nodes { get; }

    public ImmutableSortedDictionary<ResourceId, ResourceDefinition> Resources { get; }

    public ImmutableSortedDictionary<SlotId, SlotTopology> Slots { get; }

    /// <summary>The slots, sorted by identifier.</summary>
    public ImmutableArray<SlotTopology> InOrder { get; }

    /// <summary>Who shall vote; <see cref="ClusterState.Voters"/> says who does.</summary>
    public ImmutableSortedSet<NodeId> WantedVoters { get; }

    public static Topology Of(ClusterDefinition definition) => Known.GetValue(definition, d => new Topology(d));

    private static ImmutableSortedDictionary<SlotId, SlotTopology> SlotsOf(
        ClusterDefinition definition, ImmutableSortedDictionary<ResourceId, ResourceDefinition> resources)
    {
        var candidates = new SortedDictionary<SlotId, List<int>>();
        for (var i = 0; i < definition.Nodes.Length; i++)
        {
            foreach (var resource in definition.Nodes[i].HomeResources)
            {
                if (resources.ContainsKey(resource)) candidates.TryAdd(new SlotId(resource, definition.Nodes[i].Id), [i]);
            }
        }
        for (var i = 0; i < definition.Nodes.Length; i++)
        {
            foreach (var slot in definition.Nodes[i].Backups)
            {
                if (candidates.TryGetValue(slot, out var list) && !list.Contains(i)) list.Add(i);
            }
        }
        return candidates.ToImmutableSortedDictionary(
            c => c.Key, c => new SlotTopology(c.Key, resources[c.Key.Resource], [.. c.Value]));
    }
}

/// <summary>One slot of a definition.</summary>
/// <param name="Candidates">Positions in <see cref="ClusterDefinition.Nodes"/>: the home node, then the backups in file order.</param>
public sealed record SlotTopology(SlotId Id, ResourceDefinition Resource, ImmutableArray<int> Candidates)
{
    /// <summary>What its owner holds alone in the cluster (<see cref="PhysicalIdentity"/>); empty if not exclusive.</summary>
    public string Identity { get; } = Resource.IsExclusive ? PhysicalIdentity.Of(Resource) : "";

    /// <summary>The node is the slot's home or one of its backups.</summary>
    public bool Lists(ClusterDefinition definition, NodeId node)
    {
        foreach (var candidate in Candidates)
        {
            if (definition.Nodes[candidate].Id == node) return true;
        }
        return false;
    }
}

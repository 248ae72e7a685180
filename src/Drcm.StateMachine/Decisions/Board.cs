using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>The nodes as the placement steps see them: computed once, then asked for thousands of slots.</summary>
internal sealed class Board
{
    private readonly Topology _topology;
    private readonly Fitness[] _fitness;
    private readonly bool[] _isFresh;
    private readonly bool _isWaitingForFirstStart;
    private int _cursor;

    public Board(ClusterState state, LeaderView view)
    {
        _topology = Topology.Of(state.Definition!);
        var nodes = _topology.Definition.Nodes;
        _fitness = new Fitness[nodes.Length];
        _isFresh = new bool[nodes.Length];
        _isWaitingForFirstStart = view.LeadingFor < _topology.Definition.Timing.InitDead;
        for (var i = 0; i < nodes.Length; i++)
        {
            var known = state.Nodes.GetValueOrDefault(nodes[i].Id);
            _fitness[i] = Judge(nodes[i], known);
            _isFresh[i] = known is not null && CurrentReports.IsFresh(view, known);
        }
    }

    /// <summary>The slot in the definition; null if it is not there. Ask in ascending order: both sides are sorted, so that a pass over
    /// ten thousand slots needs no search.</summary>
    public SlotTopology? SlotOf(SlotId id)
    {
        var slots = _topology.InOrder;
        while (_cursor < slots.Length && slots[_cursor].Id.CompareTo(id) < 0) _cursor++;
        return _cursor < slots.Length && slots[_cursor].Id == id ? slots[_cursor] : null;
    }

    public NodeId Id(int node) => _topology.Definition.Nodes[node].Id;

    public NodeDefinition Defined(int node) => _topology.Definition.Nodes[node];

    /// <summary>Position of a node among the slot's candidates; -1 if it is not listed.</summary>
    public int CandidateOf(SlotTopology slot, NodeId node)
    {
        foreach (var candidate in slot.Candidates)
        {
            if (Id(candidate) == node) return candidate;
        }
        return -1;
    }

    public Fitness Of(int node, SlotTopology topology, SlotState slot)
    {
        if (_fitness[node] != Fitness.Fit) return _fitness[node];
        if (slot.Phase == SlotPhase.Unknown && slot.Owner == Id(node)) return Fitness.Unstopped;
        if (slot.Failures.IsEmpty) return Fitness.Fit;
        return slot.Failures.GetValueOrDefault(Id(node)) >= Math.Max(1, topology.Resource.MigrationThreshold)
            ? Fitness.Failing
            : Fitness.Fit;
    }

    /// <summary>Fit, and heard lately by the leader: a running slot is given up only for such a one.</summary>
    public bool IsReady(int node, SlotTopology topology, SlotState slot) =>
        _isFresh[node] && Of(node, topology, slot) == Fitness.Fit;

    /// <summary>The first start still waits for this node.</summary>
    public bool IsAwaited(int node) => _isWaitingForFirstStart && _fitness[node] == Fitness.Pending;

    /// <summary>Every candidate that cannot take the slot, with its cause.</summary>
    public string WhyNobody(SlotTopology topology, SlotState slot)
    {
        var causes = topology.Candidates.Select(c => Sentences.WhyNot(Of(c, topology, slot), Id(c), slot));
        return $"{slot.Id} has no living eligible node: {string.Join(", ", causes)}";
    }

    private static Fitness Judge(NodeDefinition defined, NodeState? known) => known switch
    {
        _ when !defined.IsActive => Fitness.Inactive,
        _ when defined.IsWitness => Fitness.Witness,
        null => Fitness.NotConfigured,
        { Status: NodeStatus.Pending } => Fitness.Pending,
        { Status: NodeStatus.Down } => Fitness.Down,
        { Standby: StandbyKind.Operator } => Fitness.Standby,
        { Standby: StandbyKind.Trouble } => Fitness.Troubled,
        { Standby: StandbyKind.Shutdown } => Fitness.Leaving,
        _ => Fitness.Fit,
    };
}

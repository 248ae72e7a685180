using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;

namespace Drcm.StateMachine.Explanations;

/// <summary>Answers "why?" from a state, what a node heard, and the events before. Pure: the same rules as the decisions, asked for their reasons.</summary>
public static class Why
{
    /// <summary>Answers to one name; a nickname may stand for several slots.</summary>
    private const int AnswersMax = 20;

    /// <summary>Events of a chain: as many as a screen takes beside the rest.</summary>
    private const int ChainMax = 8;

    /// <param name="name">A node, <c>kind:nickname@home</c>, <c>kind:nickname</c> or a nickname.</param>
    /// <param name="events">What happened up to this state, in the order of the log; as much of it as there is.</param>
    /// <param name="whyNot">Empty, or why there is no answer, with what may have been meant.</param>
    public static ImmutableArray<Explanation> Of(ClusterState state, WhyFacts facts, IEnumerable<EventLine> events, string name, out string whyNot)
    {
        whyNot = "";
        if (state.Definition is null)
        {
            whyNot = "the cluster has no configuration in its log yet: a majority of the voters must be running first";
            return [];
        }
        var slots = state.Slots.Values.Where(s => IsMeant(s.Id, name)).Take(AnswersMax).ToArray();
        var node = state.Nodes.GetValueOrDefault(new NodeId(name));
        if (slots.Length == 0 && node is null)
        {
            whyNot = $"there is no resource and no node {name}; {Nearest.Remedy(name, Names(state), namesMax: 20)}";
            return [];
        }
        var past = events.Where(e => e.IsEffective).ToArray();
        return
        [
            .. slots.Select(s => WhySlot.Of(state, facts, s, Chain(past, e => IsOf(s, e)))),
            .. node is null ? [] : (Explanation[])[WhyNode.Of(state, facts, node, Chain(past, e => e.Node == name && e.Slot is null))],
        ];
    }

    private static bool IsMeant(SlotId slot, string name) =>
        slot.ToString() == name || slot.Resource.ToString() == name || slot.Resource.Nickname == name;

    private static string[] Names(ClusterState state) =>
    [
        .. state.Slots.Keys.Select(s => s.Resource.ToString()).Distinct(StringComparer.Ordinal),
        .. state.Nodes.Keys.Select(n => n.Value),
        .. state.Slots.Keys.Select(s => s.Resource.Nickname).Distinct(StringComparer.Ordinal),
    ];

    /// <summary>Its own events, and what happened to its home node and its owner.</summary>
    private static bool IsOf(SlotState slot, EventLine line) =>
        line.Slot == slot.Id.ToString()
        || (line.Slot is null && line.Event is "node.down" or "node.up" or "node.standby" or "node.activated" or "node.fenced"
            && (line.Node == slot.Id.Home.Value || line.Node == slot.Owner?.Value))
        || line.Event is "maintenance.entered" or "maintenance.left";

    private static ImmutableArray<EventLine> Chain(EventLine[] past, Func<EventLine, bool> isOf) => [.. past.Where(isOf).TakeLast(ChainMax)];
}

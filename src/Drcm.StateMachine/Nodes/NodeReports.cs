using Drcm.StateMachine.KeepAlive;

namespace Drcm.StateMachine.Nodes;

/// <summary>Reports compared by content: record equality sees their arrays by reference.</summary>
internal static class NodeReports
{
    /// <summary>All but the expiries, which the lease core fills in.</summary>
    public static bool AreEqual(NodeReport a, NodeReport b) =>
        a with { Slots = [], Expiries = [], Crontabs = [] } == b with { Slots = [], Expiries = [], Crontabs = [] }
        && a.Slots.AsSpan().SequenceEqual(b.Slots.AsSpan()) && a.Crontabs.AsSpan().SequenceEqual(b.Crontabs.AsSpan());
}

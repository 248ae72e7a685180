using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Nodes;

namespace Drcm.Node.Observation;

/// <summary>What the node loop knows at one moment; made on its thread, read on any.</summary>
internal sealed record NodeSnapshot(
    ClusterState State,
    TimeSpan LeaseRemaining,
    ImmutableSortedDictionary<NodeId, HeardNode> Heard,
    LeaseCounters Counters,
    string OwnConfigDigest,
    string Trouble)
{
    public static NodeSnapshot Of(NodeCore core, TimeSpan now) => new(
        core.State,
        core.LeaseEnd is { } end && end > now ? end - now : TimeSpan.Zero,
        core.Heard(now),
        core.Counters,
        core.OwnConfigDigest,
        core.OwnTrouble);
}

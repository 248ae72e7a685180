using System.Collections.Immutable;
using Drcm.Consensus;
using Drcm.Node.Observation;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Node.Metrics;

/// <summary>All that one scrape shows, from one moment.</summary>
/// <param name="Definition">In force; before there is one, this node's own.</param>
/// <param name="LeaseLow">Least that was left of the lease in the last 30 to 60 s.</param>
/// <param name="AnswerTime">What the node loop took to answer.</param>
internal sealed record NodeFigures(
    NodeSnapshot Seen,
    ClusterDefinition Definition,
    ImmutableArray<LinkFigures> Links,
    TimeSpan LeaseLow,
    Leadership Leadership,
    LogFigures Log,
    bool HasQuorum,
    int VotersConnected,
    int VotersNeeded,
    ImmutableArray<ProtectionLine> Protection,
    TimeSpan AnswerTime);

using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;

namespace Drcm.StateMachine.Decisions;

/// <summary>Which voters have expired a node in its current round, as their current incarnations report it (O2). A report need not be
/// fresh: an expiry is a promise on disk, lifted by a new round alone.</summary>
/// <param name="By">Sorted.</param>
/// <param name="AllHearAgain">Each of them that is not down itself hears the node again.</param>
internal readonly record struct Suspicion(ImmutableArray<NodeId> By, bool AllHearAgain)
{
    public static Suspicion Of(ClusterState state, LeaderView view, NodeState suspect)
    {
        var by = ImmutableArray.CreateBuilder<NodeId>();
        var allHear = true;
        foreach (var voter in state.Voters)
        {
            if (!state.Nodes.TryGetValue(voter, out var node) || CurrentReports.Of(view, node) is not { } heard) continue;
            foreach (var expiry in heard.Report.Expiries)
            {
                if (expiry.Node != suspect.Id || expiry.Round != suspect.Round) continue;
                by.Add(voter);
                allHear &= node.Status == NodeStatus.Down || (heard.IsFresh && expiry.IsHeard);
                break;
            }
        }
        return new Suspicion(by.ToImmutable(), allHear);
    }
}

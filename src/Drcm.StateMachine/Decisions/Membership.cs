using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;

namespace Drcm.StateMachine.Decisions;

/// <summary>Brings the log's members and the voters of leases to what the definition wants: one member of one of the two sets at a time, additions before
/// removals (O11). A replaced spool goes first: it is worse than nobody, because it is counted and cannot answer (O12).</summary>
internal static class Membership
{
    /// <summary>A node this many entries behind the leader is caught up: they are on their way to it.</summary>
    public const int LagMax = 64;

    /// <summary>The next step, if one is possible now; and what the others wait for.</summary>
    public static (MembershipStep? Step, ImmutableArray<string> Waiting) Next(ClusterState state, LeaderView view)
    {
        if (state.Definition is null || view.LogMembers is null) return (null, []);
        var waiting = ImmutableArray.CreateBuilder<string>();
        foreach (var step in Wanted(state, view))
        {
            if (MembershipRules.WhyNotNow(state, view, step) is not { } why) return (step, waiting.ToImmutable());
            waiting.Add($"{step.Wish}; not yet: {why}");
            // A node that comes is worth waiting for; one that is not there is not.
            if (step.Kind == MembershipStepKind.AddToLog && IsComing(state, view, step.Node)) break;
        }
        return (null, waiting.ToImmutable());
    }

    /// <summary>Which nodes that are up have read of an index; it goes into the log as evidence.</summary>
    public static ImmutableArray<NodeId> ReportedBy(ClusterState state, LeaderView view, LogIndex index) =>
    [
        .. state.Nodes.Values
            .Where(n => n.Status == NodeStatus.Up && CurrentReports.Of(view, n) is { } heard && heard.Report.Applied >= index)
            .Select(n => n.Id),
    ];

    private static bool IsComing(ClusterState state, LeaderView view, NodeId id) =>
        state.Nodes.TryGetValue(id, out var node) && node.Status == NodeStatus.Up && CurrentReports.IsFresh(view, node);

    private static IEnumerable<MembershipStep> Wanted(ClusterState state, LeaderView view)
    {
        var wanted = Topology.Of(state.Definition!).WantedVoters;
        var members = view.LogMembers!;
        foreach (var node in state.Nodes.Values.Where(n => n.IsReplaced)) yield return Renewal(state, members, node.Id);
        var known = wanted.Where(n => state.Nodes.TryGetValue(n, out var node) && !node.IsReplaced).ToArray();
        foreach (var node in known.Where(n => !members.Contains(n)))
            yield return new(MembershipStepKind.AddToLog, node, $"{node} shall vote", " and has caught up: it becomes a member of the log");
        foreach (var node in known.Where(n => members.Contains(n) && !state.Voters.Contains(n)))
            yield return new(MembershipStepKind.AddVoter, node, $"{node} shall vote", " and is a member of the log: it counts for leases from here on");
        foreach (var node in state.Voters.Except(wanted))
            yield return new(MembershipStepKind.RemoveVoter, node, $"{node} shall no longer vote", ": it does not count for leases from here on");
        foreach (var node in members.Except(wanted).Except(state.Voters)) yield return Removal(view, node);
    }

    /// <summary>A lost spool: out of the voters, out of the log, then as if it had never been here.</summary>
    private static MembershipStep Renewal(ClusterState state, ImmutableSortedSet<NodeId> members, NodeId node) =>
        state.Voters.Contains(node)
            ? new(MembershipStepKind.RemoveVoter, node,
                $"the spool of {node} was replaced, its promises are lost", ": it does not count for leases until it has joined anew")
            : members.Contains(node)
                ? new(MembershipStepKind.RemoveFromLog, node,
                    $"the spool of {node} was replaced, its votes are lost", ": its former self leaves the members of the log")
                : new(MembershipStepKind.Rejoin, node,
                    $"nothing counts on the former spool of {node} any more", ": it may join by its new identity");

    private static MembershipStep Removal(LeaderView view, NodeId node) => node == view.Self
        ? new(MembershipStepKind.GiveUpLeadership, node, $"{node} leads and shall leave the log", ": another node leads first")
        : new(MembershipStepKind.RemoveFromLog, node,
            $"{node} shall no longer vote", " and does not count for leases: it leaves the members of the log");
}

using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;

namespace Drcm.StateMachine.Decisions;

/// <summary>When a step has to wait: for everybody to have read of the last one (O11), and for a majority that lives afterwards.</summary>
internal static class MembershipRules
{
    /// <summary>Null: now.</summary>
    public static string? WhyNotNow(ClusterState state, LeaderView view, MembershipStep step) => step.Kind switch
    {
        MembershipStepKind.AddToLog => WhyNotReady(state, view, step.Node) ?? WhyNoMajority(state, view, view.LogMembers!.Add(step.Node)),
        MembershipStepKind.AddVoter => WhyUnread(state, view) ?? WhyNoMajority(state, view, state.Voters.Add(step.Node)),
        MembershipStepKind.RemoveVoter => WhyUnread(state, view) ?? WhyNoMajority(state, view, state.Voters.Remove(step.Node)),
        MembershipStepKind.RemoveFromLog => WhyNoMajority(state, view, view.LogMembers!.Remove(step.Node)),
        MembershipStepKind.GiveUpLeadership => WhyNoMajority(state, view, view.LogMembers!.Remove(step.Node)),
        MembershipStepKind.Rejoin => null,
    };

    private static string? WhyNotReady(ClusterState state, LeaderView view, NodeId id)
    {
        var node = state.Nodes[id];
        if (node.Status != NodeStatus.Up) return node.Status == NodeStatus.Pending ? $"{id} has not come up yet" : $"{id} is {Words.Of(node.Status)}";
        if (CurrentReports.Of(view, node) is not { IsFresh: true } heard) return $"{id} is not heard";
        if (heard.Report.IsLeaving) return $"{id} is shutting down";
        return heard.Report.Applied.Value + Membership.LagMax >= state.Version.Value
            ? null
            : $"{id} has read {heard.Report.Applied} of {state.Version} entries";
    }

    private static string? WhyUnread(ClusterState state, LeaderView view)
    {
        var reported = Membership.ReportedBy(state, view, state.VotersAt);
        var missing = state.Nodes.Values.Where(n => n.Status == NodeStatus.Up && !reported.Contains(n.Id)).Select(n => n.Id).ToImmutableArray();
        return missing.IsEmpty ? null : $"{Words.List(missing)} {(missing.Length == 1 ? "has" : "have")} not reported the voters of index {state.VotersAt}";
    }

    /// <summary>A step that left a set without a living majority could not be taken back.</summary>
    private static string? WhyNoMajority(ClusterState state, LeaderView view, ImmutableSortedSet<NodeId> after)
    {
        var living = after.Where(id =>
            state.Nodes.TryGetValue(id, out var node) && !node.IsReplaced && node.Status == NodeStatus.Up && CurrentReports.IsFresh(view, node)).ToImmutableArray();
        return living.Length * 2 > after.Count ? null : $"only {living.Length} of {after.Count} would be alive ({Words.List([.. after])})";
    }
}

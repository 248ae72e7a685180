using System.Collections.Immutable;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.StateMachine.Nodes;

/// <summary>A node's newest report, and how long ago it came.</summary>
public sealed record HeardNode(NodeReport Report, TimeSpan Ago);

/// <content>For status and metrics: no decision reads it.</content>
public sealed partial class NodeCore
{
    /// <summary>Trouble of this node's own, as it reports it; empty: none.</summary>
    public string OwnTrouble => _trouble;

    /// <summary>What the decisions see here: all of it on the leader, elsewhere what was heard.</summary>
    public Decisions.LeaderView Seen(TimeSpan now) => IsLeading
        ? View(now)
        : Decisions.LeaderView.Blind with { Reports = _lease.HeardReports(now), Self = _options.Self, LeadingFor = TimeSpan.MaxValue };

    /// <summary>How long ago the node's newest keep-alive came; null: not yet.</summary>
    public TimeSpan? HeardAgo(TimeSpan now, NodeId node) => now - _lease.HeardAt(node);

    /// <summary>The way to every other node that keep-alives are sent to.</summary>
    public ImmutableArray<LinkFigures> Links(TimeSpan now) => _lease.Links(now);

    public ImmutableSortedDictionary<NodeId, HeardNode> Heard(TimeSpan now)
    {
        var heard = ImmutableSortedDictionary.CreateBuilder<NodeId, HeardNode>();
        foreach (var (node, report) in _lease.HeardReports(now))
        {
            if (_lease.HeardAt(node) is { } at) heard[node] = new HeardNode(report.Report, now - at);
        }
        return heard.ToImmutable();
    }
}

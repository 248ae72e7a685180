using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Property.Tests.KeepAlive.World;

/// <summary>The one sequence of events, and the leader that decides on what it hears.</summary>
internal sealed partial class LeaseWorld
{
    private readonly List<ClusterState> _states = [];

    private ClusterState Newest => _states[^1];

    private int LogLength => _states.Count - 1;

    public NodeStatus StatusOf(NodeId id) => Newest.Nodes[id].Status;

    private ClusterState View(WorldNode node) => _states[node.Applied];

    private void Configure()
    {
        _states.Add(ClusterState.Empty);
        Append([Cluster3.Because(new ClusterConfigured(CanonicalText.Render(Cluster3.Definition)))]);
    }

    private void Append(ImmutableArray<ReasonedEvent> events)
    {
        var index = new LogIndex(_states.Count);
        var next = Transition.Apply(Newest, index, new EventBatch(default, "node:leader", events)).State;
        if (!_rules.LeaseFits && next.Definition is not null) next = next with { Definition = _tooLong };
        _states.Add(next);
        foreach (var e in events) Say($"LOG {index}: {(e.Event is ClusterConfigured ? "configured" : e.Event)} (leader {Leader.Id})");
        Leader.Applied = LogLength;
        Use(Leader, o => Leader.Core.Project(Leader.Clock, Newest, o));
    }

    private bool CanCommit =>
        Leader.Works(Tick) && IsOnLog(Leader) && Leader.Applied == LogLength
        && Nodes.Count(n => n.Works(Tick) && IsOnLog(n)) * 2 > Nodes.Count;

    private void Lead()
    {
        if (!CanCommit) return;
        var reports = Leader.Core.HeardReports(Leader.Clock);
        if (!_rules.ReportsAreExact) reports = reports.ToImmutableSortedDictionary(r => r.Key, r => Blurred(r.Value));
        if (!_rules.ReturnsInformed) reports = reports.ToImmutableSortedDictionary(r => r.Key, r => Flattered(r.Value));
        if (!_rules.MajorityDeclares && Condemned(reports) is { } condemned)
        {
            Append([Cluster3.Because(new NodeDown(condemned, Newest.Nodes[condemned].Round, Cluster3.All))]);
            return;
        }
        var decision = Decider.Decide(Newest, new Observe(Cluster3.View(reports)));
        if (!decision.Events.IsEmpty) Append(decision.Events);
    }

    private void ChangeLeader()
    {
        var candidates = Nodes.Where(n => n.Works(Tick) && IsOnLog(n)).ToArray();
        if (candidates.Length == 0) return;
        Leader = candidates[_random.Below(candidates.Length)];
        Leader.Applied = LogLength;
        Say($"{Leader.Id} leads");
        Use(Leader, o => Leader.Core.Project(Leader.Clock, Newest, o));
    }

    private void MoveSomewhere() => MoveTo(Any().Id);

    public void MoveTo(NodeId target)
    {
        if (!CanCommit) return;
        var decision = Decider.Decide(Newest, new RequestMove(Cluster3.Slot, target));
        if (!decision.Events.IsEmpty) Append(decision.Events);
    }

    private NodeId? Condemned(ImmutableSortedDictionary<NodeId, HeardReport> reports)
    {
        foreach (var report in reports.Values.Select(r => r.Report))
        {
            foreach (var expiry in report.Expiries)
            {
                var node = Newest.Nodes[expiry.Node];
                if (node.Status == NodeStatus.Up && node.Round == expiry.Round && !expiry.IsHeard) return expiry.Node;
            }
        }
        return null;
    }

    private HeardReport Flattered(HeardReport heard) => heard with { Report = heard.Report with { Applied = Newest.Version } };

    /// <summary>Whatever was stopped, under whichever token, in whichever run: it is taken for what runs now.</summary>
    private HeardReport Blurred(HeardReport heard)
    {
        var slot = Newest.Slots[Cluster3.Slot];
        if (slot.Owner != heard.Report.Node) return heard;
        return heard with
        {
            Report = heard.Report with
            {
                Incarnation = Newest.Nodes[heard.Report.Node].Incarnation,
                Slots = [.. heard.Report.Slots.Select(s => s.Phase == RunPhase.Stopped ? s with { Token = slot.Token } : s)],
            },
        };
    }
}

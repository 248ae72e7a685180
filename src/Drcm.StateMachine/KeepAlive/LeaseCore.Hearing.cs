using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Decisions;

namespace Drcm.StateMachine.KeepAlive;

/// <summary>Who is heard: incarnations, replays, and the table of newest reports (O2, O4, O9).</summary>
public sealed partial class LeaseCore
{
    /// <summary>Newest report of every node heard, this one's own included, with its newest expiries: what the leader decides on. Fresh: heard within D/2.</summary>
    public ImmutableSortedDictionary<NodeId, HeardReport> HeardReports(TimeSpan now)
    {
        var table = ImmutableSortedDictionary.CreateBuilder<NodeId, HeardReport>();
        table.Add(_self, new HeardReport(Counted(OwnReport(now) with { Slots = _report.Slots }), true));
        foreach (var peer in _peers.Values)
        {
            if (peer.Id == _self || peer.Report is not { } report) continue;
            table.Add(peer.Id, new HeardReport(Counted(report with { Expiries = peer.Expiries }), IsFresh(now, peer)));
        }
        return table.ToImmutable();
    }

    /// <summary>When the node's newest keep-alive came; null: not yet.</summary>
    public TimeSpan? HeardAt(NodeId id) => _peers.TryGetValue(id, out var peer) ? peer.HeardAt : null;

    /// <summary>Replays and earlier lives end here.</summary>
    private bool Admit(TimeSpan now, Peer peer, Message m)
    {
        var oldest = _state.Nodes.GetValueOrDefault(peer.Id)?.Incarnation ?? default;
        var isStale = m.FromIncarnation < peer.Incarnation || m.FromIncarnation < oldest || m.FromIncarnation.Value <= 0;
        if (_rules.StaleIncarnationRejected && isStale)
        {
            Counters.StaleIncarnation++;
            return false;
        }
        if (m.FromIncarnation != peer.Incarnation)
        {
            peer.Meet(m.FromIncarnation);
            if (!_rules.PromisePerNode) ForgetPromise(now, peer);
        }
        if (_rules.ReplayWindow && !peer.Window.TryAdmit(m.Sequence))
        {
            Counters.Replayed++;
            return false;
        }
        Counters.Heard++;
        return true;
    }

    private void ReceiveKeepAlive(TimeSpan now, Peer peer, KeepAliveMessage m, LeaseOutputs o)
    {
        if (_rules.IncarnationEchoed && m.ToIncarnation != _incarnation)
        {
            // Nothing in it counts: it may be a replay of what an earlier life of this node received.
            Counters.Introduced++;
            Answer(peer, m, AnswerKind.Introduced, now, o);
            return;
        }
        peer.Hear(now, m, _state.Version, _rules.NewestReportCounts);
        if (IsVoter) AnswerAsVoter(now, peer, m, o);
    }

    private bool IsFresh(TimeSpan now, Peer peer) => peer.HeardAt is { } at && now - at < Timing.DeadAfter / 2;

    private NodeReport Counted(NodeReport report) => _rules.RoundCounts
        ? report
        : report with
        {
            Expiries = [.. report.Expiries.Select(e =>
                e with { Round = _state.Nodes.GetValueOrDefault(e.Node)?.Round ?? e.Round })],
        };
}

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

    /// <summary>The way to every other node that keep-alives are sent to.</summary>
    public ImmutableArray<LinkFigures> Links(TimeSpan now) =>
        [.. _peers.Values.Where(p => p.Id != _self && p.Link.Sent > 0).Select(p => p.Link.At(now, p.Id))];

    /// <summary>When anything signed came from the node, whatever run or generation of it; null: not yet.</summary>
    public TimeSpan? VoiceAt(NodeId id) => _peers.TryGetValue(id, out var peer) ? peer.VoiceAt : null;

    /// <summary>When the node's newest keep-alive came; null: not yet.</summary>
    public TimeSpan? HeardAt(NodeId id) => _peers.TryGetValue(id, out var peer) ? peer.HeardAt : null;

    /// <summary>Replays and earlier lives end here.</summary>
    private bool Admit(TimeSpan now, Peer peer, Message m, LeaseOutputs o)
    {
        var oldest = _state.Nodes.GetValueOrDefault(peer.Id)?.Incarnation ?? default;
        var isStale = m.FromIncarnation < peer.Incarnation || m.FromIncarnation < oldest || m.FromIncarnation.Value <= 0;
        if (_rules.StaleIncarnationRejected && isStale)
        {
            Counters.StaleIncarnation++;
            NoticeTwoDaemons(now, peer, m, o);
            return false;
        }
        if (m.FromIncarnation != peer.Incarnation)
        {
            peer.Meet(now, m.FromIncarnation);
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

    /// <summary>O12: an older run that is still alive, long after a newer one on another boot was met. It is not heard, and somebody has to end it. Its echo and its
    /// sequence tell that it is no replay.</summary>
    private void NoticeTwoDaemons(TimeSpan now, Peer peer, Message m, LeaseOutputs o)
    {
        if (m is not KeepAliveMessage alive || peer.Former is not var (incarnation, window, boot, endedAt) || peer.IsTwiceNoted) return;
        if (m.FromIncarnation != incarnation || m.ToIncarnation != _incarnation || now - endedAt < Timing.DeadAfter) return;
        if (peer.Report?.BootId == boot || !window.TryAdmit(m.Sequence)) return;
        peer.IsTwiceNoted = true;
        Counters.TwoDaemons++;
        var spool = alive.Report.Identity.Length > 0 && alive.Report.Identity == peer.Report?.Identity ? "one spool, copied" : "two spools";
        o.Note(
            $"two daemons run as {peer.Id} at once ({spool}): incarnation {incarnation} of boot {boot} is refused, incarnation {peer.Incarnation} of boot "
            + $"{peer.Report?.BootId} counts; end one of them");
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
        if (!IsOfOurs(now, peer, m, o)) return;
        peer.Hear(now, m, _state.Version, _rules.NewestReportCounts);
        if (_isSuspended) return;
        if (IsVoter) AnswerAsVoter(now, peer, m, o);
        else AnswerAsFollower(now, peer, m, o);
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

using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;

namespace Drcm.StateMachine.KeepAlive;

/// <summary>The voter's side: acknowledge, withhold, expire (O2, O4, O7, O9, O20).</summary>
public sealed partial class LeaseCore
{
    /// <summary>A: how long a node's log may stand still behind this one's, in multiples of D (O7).</summary>
    private const int LagInDeadAfters = 2;

    private void AnswerAsVoter(TimeSpan now, Peer peer, KeepAliveMessage m, LeaseOutputs o)
    {
        var kind = Judge(now, peer, m.Report, o);
        switch (kind)
        {
            case AnswerKind.Acknowledged:
                Acknowledge(now, peer, m, o);
                return;
            case AnswerKind.RefusedExpired or AnswerKind.RefusedEpoch or AnswerKind.RefusedDown:
                Counters.Refused++;
                break;
            case AnswerKind.Withheld or AnswerKind.Introduced or AnswerKind.Follows:
                Counters.Withheld++;
                if (peer.Waiting is not { } waiting || waiting.Sequence < m.Sequence) peer.Waiting = m;
                break;
        }
        Answer(peer, m, kind, now, o);
    }

    private void Acknowledge(TimeSpan now, Peer peer, KeepAliveMessage m, LeaseOutputs o)
    {
        peer.Acknowledge(now, m.Report, EpochOf(peer.Id));
        Counters.Acknowledged++;
        Answer(peer, m, AnswerKind.Acknowledged, now, o);
    }

    private void Answer(Peer peer, KeepAliveMessage m, AnswerKind kind, TimeSpan now, LeaseOutputs o) =>
        o.Send(new AnswerMessage(_self, _incarnation, peer.Id, m.FromIncarnation, ++_sequence, m.Sequence, kind, OwnExpiries(now)) { Generation = Generation });

    /// <summary>The conditions of O4, in the order in which they explain most.</summary>
    private AnswerKind Judge(TimeSpan now, Peer peer, NodeReport report, LeaseOutputs o)
    {
        var node = _state.Nodes.GetValueOrDefault(peer.Id);
        var promise = PromiseOf(peer.Id);
        if (_rules.ExpiryWithholds && promise.ExpiredInRound is not null)
            return IsPromiseStored(peer.Id) ? AnswerKind.RefusedExpired : AnswerKind.Withheld;
        if (_rules.DownRefused && node?.Status != NodeStatus.Up)
        {
            // A newer epoch than the death: this voter is the one that is behind.
            return report.Epoch > (node?.DownAt ?? LogIndex.None) ? AnswerKind.Withheld : AnswerKind.RefusedDown;
        }
        if (_rules.EpochEchoed && report.Epoch < Later(node?.Epoch ?? LogIndex.None, promise.EpochFloor))
            return AnswerKind.RefusedEpoch;
        if (IsLagging(now, peer) || IsNewBoot(now, peer, node, report.BootId)) return AnswerKind.Withheld;
        RaiseFloor(peer.Id, report.Epoch);
        StorePromises(o);
        return IsPromiseStored(peer.Id) || !_rules.FloorKept ? AnswerKind.Acknowledged : AnswerKind.Withheld;
    }

    private void ExpireSilent(TimeSpan now, LeaseOutputs o)
    {
        if (!IsVoter) return;
        foreach (var peer in _peers.Values)
        {
            if (!MayExpire(peer)) continue;
            var isCutShort = !_rules.LagSafe && IsLagging(now, peer);
            if (now < ExpiresAt(peer) && !isCutShort) continue;
            Expire(now, peer, o);
        }
        StorePromises(o);
    }

    private void Expire(TimeSpan now, Peer peer, LeaseOutputs o)
    {
        var round = _state.Nodes.GetValueOrDefault(peer.Id)?.Round ?? LogIndex.None;
        Promise(peer.Id, PromiseOf(peer.Id) with { ExpiredInRound = round });
        peer.WasHeardInExpiry = false;
        Counters.Expired++;
        var silence = (now - peer.LastAcknowledged).TotalSeconds;
        var heard = peer.HeardAt is { } at ? $"last heard {(now - at).TotalSeconds:0.###} s ago" : "never heard";
        o.Note($"expired {peer.Id} in round {round}: no acknowledgement sent for {silence:0.###} s, {heard}");
    }

    /// <summary>Inactive nodes own nothing and are not counted, once they are no longer up; the own silence is for others to judge.</summary>
    private bool MayExpire(Peer peer) =>
        peer.Id != _self
        && PromiseOf(peer.Id).ExpiredInRound is null
        && _state.Nodes.TryGetValue(peer.Id, out var node)
        && (node.Status == NodeStatus.Up || !IsInactive(peer.Id));

    private TimeSpan ExpiresAt(Peer peer)
    {
        var grace = IsWaitingForOldBoot(peer) ? Timing.DeadAfter / 4 : TimeSpan.Zero;
        return peer.LastAcknowledged + Timing.DeadAfter + grace;
    }

    private bool IsLagging(TimeSpan now, Peer peer) =>
        _rules.LagWithholds && peer.BehindSince is { } since && now - since > Timing.DeadAfter * LagInDeadAfters;

    /// <summary>O9: what the old boot was promised lasts up to D.</summary>
    private bool IsNewBoot(TimeSpan now, Peer peer, NodeState? node, string bootId) =>
        _rules.NewBootWaits
        && bootId != OldBoot(peer, node)
        && now - peer.LastAcknowledged < Timing.DeadAfter;

    private bool IsWaitingForOldBoot(Peer peer) =>
        _rules.NewBootWaits && peer.Report is { } report && report.BootId != OldBoot(peer, _state.Nodes.GetValueOrDefault(peer.Id));

    /// <summary>A death and return in between ended whatever the old boot had.</summary>
    private static string OldBoot(Peer peer, NodeState? node) =>
        peer.AcknowledgedBoot is { } boot && node is not null && peer.AcknowledgedEpoch == node.Epoch ? boot : node?.BootId ?? "";

    private void NoticeOwnPause(TimeSpan now, LeaseOutputs o)
    {
        var gap = now - _lastTick;
        if (gap <= Timing.DeadAfter / 4) return;
        Counters.OwnPauses++;
        if (!_rules.OwnPauseRestartsCounts) return;
        RestartCounts(now);
        o.Note($"own pause of {gap.TotalSeconds:0.###} s: every count of silence starts again");
    }

    private void RestartCounts(TimeSpan now)
    {
        foreach (var peer in _peers.Values) peer.RestartCount(now);
    }

    /// <summary>An expired node that would be acknowledged again is news for the leader: the suspicion may be closed.</summary>
    private void NoticeVoices(TimeSpan now)
    {
        foreach (var peer in _peers.Values)
        {
            if (PromiseOf(peer.Id).ExpiredInRound is null) continue;
            var isHeard = IsHeard(now, peer);
            if (isHeard != peer.WasHeardInExpiry) _sendSoon = true;
            peer.WasHeardInExpiry = isHeard;
        }
    }

    /// <summary>Heard, and nothing but the expiry stands against acknowledging it.</summary>
    private bool IsHeard(TimeSpan now, Peer peer) =>
        IsFresh(now, peer)
        && peer.Report is { } report
        && !IsLagging(now, peer)
        && report.Epoch >= Later(EpochOf(peer.Id), PromiseOf(peer.Id).EpochFloor);

    private bool IsInactive(NodeId id) => _definition.Nodes.Any(n => n.Id == id && !n.IsActive);

    private static LogIndex Later(LogIndex a, LogIndex b) => a > b ? a : b;
}

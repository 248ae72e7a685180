using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;

namespace Drcm.StateMachine.KeepAlive;

/// <summary>The sender's side: keep-alives out, acknowledgements in, the lease (O1, O8).</summary>
public sealed partial class LeaseCore
{
    /// <summary>Keep-alives that may still be answered. At 100 nodes about 250 intervals, far more than a lease.</summary>
    private const int SentMax = 2048;

    /// <summary>A voter that goes on refusing takes with it what is older than this many intervals before the refused keep-alive.</summary>
    private const int RepeatedRefusalIntervals = 2;

    private readonly record struct Sent(TimeSpan At, NodeId To, LogIndex Epoch, bool IsAnswered = false);

    private readonly Dictionary<long, Sent> _sent = [];
    private readonly Queue<long> _sentOrder = new();
    private long _sequence;
    private TimeSpan _nextSend;
    private TimeSpan _lastSend = TimeSpan.MinValue;
    private bool _sendSoon;

    /// <summary>Null: none. Ends L after the send time of the newest keep-alive that a majority of the applied voter set has acknowledged (O1).</summary>
    public TimeSpan? LeaseEnd
    {
        get
        {
            if (_voters.IsEmpty || IsSuperseded || IsForeign || Newer is not null) return null;
            var acknowledged = new TimeSpan[_voters.Count];
            for (var i = 0; i < acknowledged.Length; i++)
                acknowledged[i] = _peers.TryGetValue(_voters[i], out var peer) && peer.AcknowledgedUs is { } known ? known : TimeSpan.MinValue;
            Array.Sort(acknowledged);
            var at = acknowledged[^(_rules.MajorityLease ? (acknowledged.Length / 2) + 1 : 1)];
            if (at == TimeSpan.MinValue) return null;
            return at + (_rules.LeaseFits ? Timing.Lease : Timing.DeadAfter * 2);
        }
    }

    /// <summary>S as it is in force.</summary>
    public TimeSpan StopBudget => Timing.StopBudget;

    /// <summary>Exclusive slots may be started and kept at this instant.</summary>
    public bool HoldsLease(TimeSpan now) => LeaseEnd is { } end && now < end;

    /// <summary>The report changed: keep-alives at once, or as soon as <see cref="ExtraSendSpacing"/> allows.</summary>
    public void SendNow(TimeSpan now, LeaseOutputs o)
    {
        _sendSoon = true;
        if (_lastSend != TimeSpan.MinValue && now - _lastSend < ExtraSendSpacing) return;
        SendRound(now, o);
    }

    private void SendRound(TimeSpan now, LeaseOutputs o)
    {
        _sendSoon = false;
        _lastSend = now;
        _nextSend = now + Timing.KeepAliveInterval;
        var report = OwnReport(now);
        foreach (var peer in Audience()) SendKeepAlive(now, peer, report, o);
        AcknowledgeOneself(now, report, o);
    }

    private void SendKeepAlive(TimeSpan now, Peer peer, NodeReport report, LeaseOutputs o)
    {
        var sequence = ++_sequence;
        _sent[sequence] = new Sent(now, peer.Id, report.Epoch);
        _sentOrder.Enqueue(sequence);
        while (_sentOrder.Count > SentMax) _sent.Remove(_sentOrder.Dequeue());
        Counters.KeepAlivesSent++;
        peer.Link.Sent++;
        o.Send(new KeepAliveMessage(_self, _incarnation, peer.Id, peer.Incarnation, sequence, report) { Generation = Generation });
    }

    private IEnumerable<Peer> Audience()
    {
        var active = _definition.Nodes.Count(n => n.IsActive);
        foreach (var node in _definition.Nodes)
        {
            if (!node.IsActive || node.Id == _self || _voters.Contains(node.Id)) continue;
            if (active <= FullMeshNodesMax || node.Id == LeaderHint) yield return _peers[node.Id];
        }
        // A voter may have left the definition, or be inactive in it, and counts until it is removed.
        foreach (var voter in _voters)
        {
            if (voter != _self && _peers.TryGetValue(voter, out var peer)) yield return peer;
        }
    }

    /// <summary>The own vote: under the same conditions as for everybody else.</summary>
    private void AcknowledgeOneself(TimeSpan now, NodeReport report, LeaseOutputs o)
    {
        if (!IsVoter) return;
        var own = _peers[_self];
        if (Judge(now, own, report, o) != AnswerKind.Acknowledged) return;
        own.Acknowledge(now, report, EpochOf(own.Id));
        own.AcknowledgedUs = _lastSend;
    }

    private void ReceiveAnswer(TimeSpan now, Peer peer, AnswerMessage answer, LeaseOutputs o)
    {
        // Not an echo of this run: it answers an earlier life.
        if (_rules.IncarnationEchoed && answer.ToIncarnation != _incarnation)
        {
            Counters.StaleIncarnation++;
            return;
        }
        var isRightless = answer.Kind is AnswerKind.Introduced or AnswerKind.Follows;
        if (!isRightless && !IsOfOurs(now, peer, answer, o)) return;
        if (answer.Generation == Generation || !_rules.GenerationFirst) peer.HearExpiries(answer.FromIncarnation, answer.Sequence, answer.Expiries, _rules.NewestReportCounts);
        if (!_sent.TryGetValue(answer.KeepAliveSequence, out var sent) || sent.To != peer.Id) return;
        if (!sent.IsAnswered)
        {
            _sent[answer.KeepAliveSequence] = sent with { IsAnswered = true };
            peer.Link.Answer(now, now - sent.At);
        }
        switch (answer.Kind)
        {
            case AnswerKind.Acknowledged:
                Counters.AcknowledgementsHeard++;
                NoteFollowed(peer, sent.At);
                var at = _rules.LeaseFromSendTime ? sent.At : now;
                if (sent.Epoch == OwnEpoch && (peer.AcknowledgedUs is not { } known || at > known)) peer.AcknowledgedUs = at;
                break;
            case AnswerKind.Introduced:
                AskAgain(now, peer, o);
                break;
            case AnswerKind.RefusedExpired or AnswerKind.RefusedEpoch or AnswerKind.RefusedDown:
                HeedRefusal(now, peer, answer, sent, o);
                break;
            case AnswerKind.Follows:
                NoteFollowed(peer, sent.At);
                break;
            case AnswerKind.Withheld:
                break;
        }
    }

    /// <summary>First contact or a restarted peer: no reason to wait a whole interval.</summary>
    private void AskAgain(TimeSpan now, Peer peer, LeaseOutputs o)
    {
        if (peer.AskedAgainAt is { } before && now - before < ExtraSendSpacing) return;
        peer.AskedAgainAt = now;
        SendKeepAlive(now, peer, OwnReport(now), o);
    }

    private void HeedRefusal(TimeSpan now, Peer peer, AnswerMessage answer, Sent sent, LeaseOutputs o)
    {
        if (!_rules.RefusalReleases || !_voters.Contains(peer.Id) || !IsCurrent(peer, answer, sent)) return;
        var round = OwnRound;
        if (peer.RefusedUsInRound == round)
        {
            // Said before, and a majority that acknowledges all the same has not expired this node: only what none of them has confirmed lately goes.
            DropLeaseBefore(sent.At - (Timing.KeepAliveInterval * RepeatedRefusalIntervals));
            return;
        }
        peer.RefusedUsInRound = round;
        var held = HoldsLease(now);
        DropLease();
        if (!held) return;
        Counters.RefusalsHeeded++;
        o.Note($"lease given up: {peer.Id} refuses acknowledgement in round {round} ({Word(answer.Kind)})");
    }

    /// <summary>A refusal may be late: it counts only for the epoch and the round of now, and not when the same voter has acknowledged something newer since.</summary>
    private bool IsCurrent(Peer peer, AnswerMessage answer, Sent sent)
    {
        if (sent.Epoch != OwnEpoch || peer.AcknowledgedUs > sent.At) return false;
        if (answer.Kind != AnswerKind.RefusedExpired) return true;
        foreach (var expiry in answer.Expiries)
        {
            if (expiry.Node == _self) return expiry.Round >= OwnRound;
        }
        return true;
    }

    private void DropLease()
    {
        foreach (var peer in _peers.Values) peer.AcknowledgedUs = null;
    }

    private void DropLeaseBefore(TimeSpan bound)
    {
        foreach (var peer in _peers.Values)
        {
            if (peer.AcknowledgedUs < bound) peer.AcknowledgedUs = null;
        }
    }

    /// <summary>A later run of this node's daemon has introduced itself.</summary>
    private bool IsSuperseded => _state.Nodes.GetValueOrDefault(_self)?.Incarnation > _incarnation;

    private LogIndex OwnEpoch => EpochOf(_self);

    private LogIndex OwnRound => _state.Nodes.GetValueOrDefault(_self)?.Round ?? LogIndex.None;

    private LogIndex EpochOf(NodeId id) => _state.Nodes.GetValueOrDefault(id)?.Epoch ?? LogIndex.None;

    private NodeReport OwnReport(TimeSpan now) => _report with
    {
        Node = _self,
        Incarnation = _incarnation,
        BootId = _bootId,
        Applied = AppliedToTell,
        Identity = _identity,
        Epoch = OwnEpoch,
        Slots = NextSlots(),
        Expiries = OwnExpiries(now),
    };

    private static string Word(AnswerKind kind) => kind switch
    {
        AnswerKind.RefusedExpired => "it has expired this node",
        AnswerKind.RefusedEpoch => "this node has not applied its newest node.up",
        AnswerKind.RefusedDown => "this node is down in its projection",
        AnswerKind.Acknowledged or AnswerKind.Introduced or AnswerKind.Withheld or AnswerKind.Follows => "no refusal",
    };
}

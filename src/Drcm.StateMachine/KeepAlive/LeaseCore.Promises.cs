using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;

namespace Drcm.StateMachine.KeepAlive;

/// <summary>Promises and their file: what is wanted, what is on its way to disk, what is stored (O5, O6).</summary>
public sealed partial class LeaseCore
{
    private PromiseTable _stored;
    private PromiseTable _desired;
    private PromiseTable? _inFlight;
    private long _writeId;
    private TimeSpan? _retryAt;

    /// <summary>The write is flushed: what it promises may be relied on from now on.</summary>
    public void PromiseStored(TimeSpan now, long writeId, LeaseOutputs o)
    {
        if (writeId != _writeId || _inFlight is not { } table) return;
        var (reported, told) = (OwnExpiries(now), AppliedToTell);
        _stored = table;
        _inFlight = null;
        StorePromises(o);
        if (!OwnExpiries(now).SequenceEqual(reported) || AppliedToTell != told) _sendSoon = true;
        AnswerWaiting(now, o);
        if (_sendSoon) SendNow(now, o);
    }

    /// <summary>The flush failed: this voter withholds and does not report; it tries again after D/4.</summary>
    public void PromiseFailed(TimeSpan now, long writeId)
    {
        if (writeId != _writeId || _inFlight is null) return;
        Counters.PromiseWritesFailed++;
        _inFlight = null;
        _retryAt = now + (Timing.DeadAfter / 4);
    }

    private void RetryPromises(TimeSpan now, LeaseOutputs o)
    {
        if (_retryAt is not { } at || now < at) return;
        _retryAt = null;
        StorePromises(o);
    }

    private Promise PromiseOf(NodeId id) => _desired.Promises.GetValueOrDefault(id);

    /// <summary>Nothing that is promised about the node is still on its way to disk.</summary>
    private bool IsPromiseStored(NodeId id) => _stored.Promises.GetValueOrDefault(id) == PromiseOf(id);

    private void Promise(NodeId id, Promise promise) =>
        _desired = _desired with { Promises = _desired.Promises.SetItem(id, promise) };

    /// <summary>Raised only where a vote counts: the floor makes a voter's memory of an epoch outlive its own projection.</summary>
    private void RaiseFloor(NodeId id, LogIndex epoch)
    {
        var promise = PromiseOf(id);
        if (_rules.FloorKept && epoch > promise.EpochFloor) Promise(id, promise with { EpochFloor = epoch });
    }

    private void ForgetPromise(TimeSpan now, Peer peer)
    {
        _desired = _desired with { Promises = _desired.Promises.Remove(peer.Id) };
        peer.RestartCount(now);
    }

    /// <summary>One write at a time; whatever changes meanwhile goes with the next one.</summary>
    private void StorePromises(LeaseOutputs o)
    {
        if (_isSuspended || _inFlight is not null || _retryAt is not null || ReferenceEquals(_desired, _stored)) return;
        _inFlight = _desired;
        o.Write(++_writeId, _desired);
    }

    /// <summary>A newer round of a node that is up ends its expiry (O5); lifting and the new epoch's floor are one write.</summary>
    private void FollowPromises(TimeSpan now, LeaseOutputs o)
    {
        foreach (var peer in _peers.Values)
        {
            if (!_state.Nodes.TryGetValue(peer.Id, out var node)) continue;
            var promise = PromiseOf(peer.Id);
            var isUp = node.Status == NodeStatus.Up || !_rules.LiftNeedsUp;
            if (promise.ExpiredInRound is { } round && node.Round > round && isUp)
            {
                Promise(peer.Id, promise with { ExpiredInRound = null });
                peer.RestartCount(now);
                Counters.Lifted++;
                o.Note($"lifted the expiry of {peer.Id}: round {round} is over, round {node.Round} has begun");
            }
            if (IsVoter && node.Status == NodeStatus.Up) RaiseFloor(peer.Id, node.Epoch);
        }
        StorePromises(o);
    }

    /// <summary>What stood against acknowledging a keep-alive may be gone: the sender need not wait for its next one.</summary>
    private void AnswerWaiting(TimeSpan now, LeaseOutputs o)
    {
        if (!IsVoter || _isSuspended) return;
        if (_lastSend != TimeSpan.MinValue) AcknowledgeOneself(now, OwnReport(now), o);
        foreach (var peer in _peers.Values)
        {
            if (peer.Waiting is not { } waiting) continue;
            if (Judge(now, peer, waiting.Report, o) == AnswerKind.Acknowledged) Acknowledge(now, peer, waiting, o);
        }
    }

    /// <summary>What this voter reports: only what is on disk.</summary>
    private ImmutableArray<Expiry> OwnExpiries(TimeSpan now)
    {
        if (!IsVoter) return [];
        var expiries = ImmutableArray.CreateBuilder<Expiry>();
        foreach (var (id, promise) in _desired.Promises)
        {
            if (promise.ExpiredInRound is not { } round) continue;
            var isStored = _stored.Promises.GetValueOrDefault(id).ExpiredInRound == round;
            if (_rules.PromiseBeforeReport && !isStored) continue;
            expiries.Add(new Expiry(id, round, _peers.TryGetValue(id, out var peer) && IsHeard(now, peer)));
        }
        return expiries.ToImmutable();
    }
}

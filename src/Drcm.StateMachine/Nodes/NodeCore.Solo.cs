using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Solo;

namespace Drcm.StateMachine.Nodes;

/// <summary>How a node's lease comes about.</summary>
public enum LeaseSource
{
    /// <summary>By a majority of the voters alone.</summary>
    Majority,

    /// <summary>One of a pair that may go solo: by both voters; samples keep what it owns (T2).</summary>
    Pair,

    /// <summary>The only voter of a generation of its own: by samples, or by the other one's word that it follows (T2, T3).</summary>
    Solo,
}

/// <content>Two nodes without a witness (T1 to T6): samples, the lease that they earn, and the way from one generation to the next.</content>
public sealed partial class NodeCore
{
    /// <summary>A generation that could not be begun is tried again after this long.</summary>
    private static readonly TimeSpan GenerationPause = TimeSpan.FromSeconds(1);

    private readonly SoloCore? _solo;
    private NodeId? _peer;
    private PromiseTable? _beginning;
    private TimeSpan? _notBefore;
    private TimeSpan _soloTickedAt;
    private bool _hasHeldMajority;
    private bool _isTakingOver;

    /// <summary>T6: it starts on a new boot, and waits for the other node as at a first start.</summary>
    private bool _isColdStart = true;

    public LeaseSource LeaseSource { get; private set; }

    public Generation Generation => _lease.Generation;

    /// <summary>An operator vouches that the other node of the pair is switched off (T4): it stands in for the arbitrator until something is heard of that node.</summary>
    /// <returns>Empty: done. Else why not.</returns>
    public string ConfirmPeerDown(TimeSpan now, NodeId node)
    {
        if (_solo is null || _peer != node) return $"{node} is not the other node of a pair that may go on alone";
        if (_lease.VoiceAt(node) is { } at && now - at < _lease.Times.DeadAfter) return $"{node} is heard: it may still act; switch it off, then confirm";
        _solo.Confirm();
        Settle(now);
        return "";
    }

    /// <summary>What came of <see cref="INodeEffects.Sample"/>.</summary>
    /// <param name="peerAnswered">Some address of the other node did.</param>
    public void Sampled(TimeSpan now, long id, bool arbitratorAnswered, bool peerAnswered)
    {
        ReleaseAfterPause(now);
        _solo?.EndSample(id, now, arbitratorAnswered, peerAnswered, EffectiveLeaseEnd, LeaseSource == LeaseSource.Solo ? RowNeeded : TimeSpan.MaxValue);
        Settle(now);
    }

    /// <summary>The generation that this node asked for is on disk, and its log is in use.</summary>
    /// <param name="state">Its first.</param>
    public void GenerationBegun(TimeSpan now, ClusterState state)
    {
        if (_beginning is not { } table || _solo is null) return;
        _beginning = null;
        _lease.Enter(now, table);
        _effects.Restored(State.Version, state);
        var before = State;
        State = state;
        _lease.Project(now, State, _leaseOutputs);
        FollowPair(before);
        _lease.SendNow(now, _leaseOutputs);
        _solo.Flushed(now);
        _effects.Note($"on its own from here, in generation {table.Generation}; its resources start after one more look at the network");
        ProjectLeading(now);
        Settle(now);
    }

    /// <summary>The disk refused; everything is as before.</summary>
    public void GenerationFailed(TimeSpan now, string why)
    {
        if (_beginning is not { } table) return;
        _beginning = null;
        _lease.Resume();
        _notBefore = now + GenerationPause;
        _effects.Note($"generation {table.Generation} could not be begun: {why}");
        Settle(now);
    }

    /// <summary>Of this incarnation's own lease, whatever it comes from.</summary>
    private TimeSpan? OwnLeaseEnd => LeaseSource switch
    {
        LeaseSource.Majority => _lease.LeaseEnd,
        LeaseSource.Pair => Latest(_lease.LeaseEnd, _lease.IsInForce && (_hasHeldMajority || State.Pair is { IsSolo: true }) ? _solo!.End : null),
        LeaseSource.Solo => _lease.IsInForce ? _solo?.End : null,
    };

    /// <summary>What is exclusive may be started: by a majority, or alone by a row of samples (T3). Samples before solo keep only (T2).</summary>
    private bool MayStart(TimeSpan now) => LeaseSource switch
    {
        LeaseSource.Majority or LeaseSource.Pair => _lease.HoldsLease(now),
        LeaseSource.Solo => _solo is { HasTaken: true } && now < OwnLeaseEnd,
    };

    /// <summary>T3, T6.</summary>
    private TimeSpan RowNeeded
    {
        get
        {
            if (!_options.Solo!.FullSilence) return TimeSpan.FromTicks(1);
            var silence = _lease.Times.DeadAfter;
            var initDead = (State.Definition ?? _options.Definition).Timing.InitDead;
            return _isColdStart && !_hasHeldMajority && _options.Solo.LastAliveOnly ? Longer(silence, initDead) : silence;
        }
    }

    private void FollowPair(ClusterState before)
    {
        if (_solo is null) return;
        _solo.Follow(_lease.Times);
        _peer = Pairs.IsWanted(State) ? State.Definition!.Nodes.Where(n => n.IsVoter && n.Id != _options.Self).Select(n => (NodeId?)n.Id).FirstOrDefault() : null;
        LeaseSource = SourceNow();
        var (was, own) = (before.Nodes.GetValueOrDefault(_options.Self), State.Nodes.GetValueOrDefault(_options.Self));
        if (was is not null && (own is null || was.Epoch != own.Epoch || own.Status != NodeStatus.Up)) _solo.Drop();
        // Its own word of the boot is older than this run: the daemon alone was restarted.
        if (own is not null && own.Incarnation < _options.Incarnation && own.BootId == _options.BootId) _isColdStart = false;
    }

    private LeaseSource SourceNow()
    {
        var isOwner = State.Pair is { IsSolo: true } solo && solo.Generation.Owner == _options.Self;
        if (isOwner && State.Voters.Count == 1 && State.Voters.Contains(_options.Self)) return LeaseSource.Solo;
        var isPair = _lease.KnowsVoters && _peer is { } peer && State.Voters.Count == 2 && State.Voters.Contains(peer) && State.Voters.Contains(_options.Self);
        return isPair && (isOwner || (State.Pair is { IsSolo: false } && Pairs.IsArmed(State))) ? LeaseSource.Pair : LeaseSource.Majority;
    }

    private void HearPeer(TimeSpan now, Message message)
    {
        if (_solo is null) return;
        if (message.From == _peer) _solo.Voice(now);
        if (LeaseSource == LeaseSource.Pair && message.From == _peer && message is AnswerMessage { Kind: AnswerKind.RefusedExpired or AnswerKind.RefusedEpoch or AnswerKind.RefusedDown })
            _solo.Drop();
    }

    /// <summary>Samples that are due, and what has come of them.</summary>
    private void StepSolo(TimeSpan now)
    {
        if (_solo is null) return;
        if (LeaseSource == LeaseSource.Pair && _lease.HoldsLease(now)) _hasHeldMajority = true;
        if (LeaseSource == LeaseSource.Solo && _peer is { } other && _lease.FollowedAt(other) is { } at) _solo.Followed(at);
        TakeOver();
        if (_peer is null) return;
        if (now >= _solo.NextSample(LeaseSource == LeaseSource.Solo)) _effects.Sample(_solo.Begin(now));
        if (LeaseSource == LeaseSource.Pair && WhyNotAlone(now) is null) BeginGeneration(now);
    }

    /// <summary>Null: it is sure.</summary>
    private string? WhyNotAlone(TimeSpan now)
    {
        var rules = _options.Solo!;
        var wasLast = _hasHeldMajority || _solo!.IsConfirmed || State.Pair is { IsSolo: true } || !rules.LastAliveOnly;
        if (_beginning is not null || _isTakingOver || now < _notBefore) return "it is about to change generations";
        if (_solo!.Row < RowNeeded) return "not every sample of a whole D was good";
        if (!wasLast) return "it does not know that it was the last one alive";
        if (!_solo.IsProven && !_solo.IsConfirmed && rules.ProbeIsProven) return "the other node's address has never answered a probe";
        if (!_lease.IsInForce || IsRemoved) return "it is not up in the log, or has another life there";
        if (_isLeaving || _trouble.Length > 0) return "it gives its own slots away";
        return _lease.IsFlushed ? null : "a promise is on its way to disk";
    }

    private void BeginGeneration(TimeSpan now)
    {
        var generation = new Generation(_lease.Generation.Number + 1, _options.Self, _options.Incarnation);
        _effects.Note($"nothing of {_peer} was heard or answered for {_solo!.Row.TotalSeconds:0.0} s while {string.Join(", ", State.Definition!.ArbitrationAddresses)} did: generation {generation} begins");
        _beginning = _lease.Suspend(generation);
        _effects.BeginGeneration(_beginning, state => Pairs.Begin(state, generation));
    }

    /// <summary>T5: the other one's history is the newer one. First what is exclusive goes.</summary>
    private void TakeOver()
    {
        if (_lease.Newer is not { } newer || _isTakingOver || _beginning is not null) return;
        _inheritedLeaseEnd = null;
        if (_reconciler.HoldsExclusive || _reconciler.IsActing) return;
        _isTakingOver = true;
        _effects.Note($"takes over generation {newer}: its own log is set aside");
        _effects.TakeOver(newer);
    }

    private void TickSolo(TimeSpan now)
    {
        if (_solo is null) return;
        _solo.Tick(now);
        _soloTickedAt = now;
    }

    private TimeSpan SoloWake(TimeSpan now)
    {
        if (_solo is null || _peer is null) return TimeSpan.MaxValue;
        var wake = Earliest(_soloTickedAt + (_solo.SampleInterval / 2), _solo.NextSample(LeaseSource == LeaseSource.Solo));
        return OwnLeaseEnd is { } end && end > now ? Earliest(wake, end) : wake;
    }

    private static TimeSpan? Latest(TimeSpan? a, TimeSpan? b) => a is null || b > a ? b : a;

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}

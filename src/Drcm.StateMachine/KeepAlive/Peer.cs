using System.Collections.Immutable;

namespace Drcm.StateMachine.KeepAlive;

/// <summary>What one node knows about another (about itself as well: its own vote goes by the same conditions).</summary>
internal sealed class Peer(NodeId id, TimeSpan now)
{
    public NodeId Id { get; } = id;

    /// <summary>How the way there and back is; no rule reads it.</summary>
    public LinkCounters Link { get; } = new();

    /// <summary>Greatest incarnation heard.</summary>
    public Incarnation Incarnation { get; private set; }

    public SequenceWindow Window { get; private set; } = new();

    /// <summary>Newest report, null before the first one.</summary>
    public NodeReport? Report { get; private set; }

    public TimeSpan? HeardAt { get; private set; }

    /// <summary>When this node last acknowledged it; before the first time: since when it counts.</summary>
    public TimeSpan LastAcknowledged { get; private set; } = now;

    /// <summary>Boot id of the newest keep-alive acknowledged in <see cref="AcknowledgedEpoch"/>.</summary>
    public string? AcknowledgedBoot { get; set; }

    public LogIndex AcknowledgedEpoch { get; set; }

    /// <summary>Since when its log stands still behind this node's; null: it does not (O7).</summary>
    public TimeSpan? BehindSince { get; private set; }

    /// <summary>Newest keep-alive that was withheld from; answered again when what stood against it is gone.</summary>
    public KeepAliveMessage? Waiting { get; set; }

    /// <summary>Send time of our newest keep-alive that it acknowledged; the lease rests on these.</summary>
    public TimeSpan? AcknowledgedUs { get; set; }

    /// <summary>Own round in which it refused us last (O8).</summary>
    public LogIndex? RefusedUsInRound { get; set; }

    /// <summary>When it was last asked again out of turn.</summary>
    public TimeSpan? AskedAgainAt { get; set; }

    /// <summary>Send time of our newest keep-alive that it answered as one who follows, or votes, in our generation.</summary>
    public TimeSpan? FollowedUs { get; set; }

    public TimeSpan? VoiceAt { get; set; }

    public bool WasHeardInExpiry { get; set; }

    private long _reportSequence;
    private Incarnation _expiriesIncarnation;
    private long _expiriesSequence;
    private ImmutableArray<Expiry> _expiries = [];

    /// <summary>Its newest expiries, from whichever kind of message brought them, as long as they are of the report's incarnation.</summary>
    public ImmutableArray<Expiry> Expiries => _expiriesIncarnation == Report?.Incarnation ? _expiries : [];

    /// <summary>The run before this one, whose voice must not be heard any more; and since when.</summary>
    public (Incarnation Incarnation, SequenceWindow Window, string BootId, TimeSpan EndedAt)? Former { get; private set; }

    /// <summary>Two daemons under one name were reported in this run.</summary>
    public bool IsTwiceNoted { get; set; }

    /// <summary>A new run begins with a clean window; everything promised to the node stays (O6).</summary>
    public void Meet(TimeSpan now, Incarnation incarnation)
    {
        if (Report is { } last && Incarnation.Value > 0) Former = (Incarnation, Window, last.BootId, now);
        IsTwiceNoted = false;
        Incarnation = incarnation;
        Window = new SequenceWindow();
        BehindSince = null;
        Waiting = null;
    }

    public void Hear(TimeSpan now, KeepAliveMessage message, LogIndex ownVersion, bool newestCounts)
    {
        HeardAt = now;
        HearExpiries(message.FromIncarnation, message.Sequence, message.Report.Expiries, newestCounts);
        var isOlder = Report is not null && Report.Incarnation == message.FromIncarnation && message.Sequence < _reportSequence;
        if (newestCounts && isOlder) return;
        WatchLag(now, message.Report, ownVersion);
        Report = message.Report;
        _reportSequence = message.Sequence;
    }

    public void HearExpiries(Incarnation from, long sequence, ImmutableArray<Expiry> expiries, bool newestCounts)
    {
        if (newestCounts && from == _expiriesIncarnation && sequence < _expiriesSequence) return;
        _expiriesIncarnation = from;
        _expiriesSequence = sequence;
        _expiries = expiries;
    }

    public void Acknowledge(TimeSpan now, NodeReport report, LogIndex epoch)
    {
        LastAcknowledged = now;
        AcknowledgedBoot = report.BootId;
        AcknowledgedEpoch = epoch;
        Waiting = null;
    }

    /// <summary>Another generation begins: what it said and was promised is of the former one.</summary>
    public void Forget(TimeSpan now)
    {
        Report = null;
        HeardAt = null;
        BehindSince = null;
        Waiting = null;
        AcknowledgedUs = null;
        FollowedUs = null;
        RefusedUsInRound = null;
        _expiries = [];
        RestartCount(now);
    }

    /// <summary>The count of silence starts again.</summary>
    public void RestartCount(TimeSpan now) => LastAcknowledged = now;

    private void WatchLag(TimeSpan now, NodeReport report, LogIndex ownVersion)
    {
        var hasMoved = Report is null || Report.Incarnation != report.Incarnation || report.Applied > Report.Applied;
        if (hasMoved) BehindSince = null;
        if (report.Applied < ownVersion) BehindSince ??= now;
        else BehindSince = null;
    }
}

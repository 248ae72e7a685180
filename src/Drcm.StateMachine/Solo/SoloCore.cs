using Drcm.StateMachine.Configuration;

namespace Drcm.StateMachine.Solo;

/// <summary>The lease that one node of a pair earns by samples, by rules T1 to T4 of the ownership protocol. Pure: no clock, no IO; every step gets the time of
/// the node's monotonic clock. Single-threaded.</summary>
/// <remarks>A sample asks arbitrator and peer at one moment. It <em>keeps</em> if the arbitrator answered and nothing was heard of the peer; it counts for
/// <em>taking</em> if besides no address of the peer answered. Keeping may do without the latter: a peer whose answers reach us has its own probes answered by
/// us, so it does not take (docs/adr/0007-solo.md).</remarks>
public sealed class SoloCore(SoloRules rules)
{
    /// <summary>Samples in a D.</summary>
    private const int SamplesInD = 10;

    /// <summary>While the peer is heard, its address is probed this often, to know that it answers.</summary>
    private static readonly TimeSpan ProofInterval = TimeSpan.FromSeconds(5);

    private TimingDefinition? _timing;
    private (long Id, TimeSpan SentAt)? _pending;
    private long _lastId;
    private TimeSpan? _sentAt;
    private TimeSpan? _voiceAt;
    private TimeSpan? _tickedAt;
    private TimeSpan? _keptFrom;
    private TimeSpan? _rowFrom;
    private TimeSpan _rowTo;
    private TimeSpan? _flushedAt;

    /// <summary>The peer's address has answered a probe in this run of the daemon: a lack of answers means something.</summary>
    public bool IsProven { get; private set; }

    /// <summary>T4: an operator vouches that the peer is switched off, and nothing was heard of it since.</summary>
    public bool IsConfirmed { get; private set; }

    /// <summary>T3 is fulfilled: what is the peer's may be started for as long as the lease lasts.</summary>
    public bool HasTaken { get; private set; }

    /// <summary>How long every sample up to the newest has counted for taking.</summary>
    public TimeSpan Row => _rowFrom is { } from ? _rowTo - from : TimeSpan.Zero;

    /// <summary>Null: no sample has renewed anything yet.</summary>
    public TimeSpan? End => _keptFrom is { } from && _timing is { } timing ? from + timing.Lease : null;

    public TimeSpan SampleInterval => _timing is { } timing ? timing.DeadAfter / SamplesInD : TimeSpan.MaxValue;

    /// <summary>L and D as they are in force.</summary>
    public void Follow(TimingDefinition timing) => _timing = timing;

    /// <summary>Something came from the peer, on whatever path, whatever it says.</summary>
    public void Voice(TimeSpan now)
    {
        _voiceAt = now;
        if (rules.WordEndsAtVoice) IsConfirmed = false;
        if (rules.VoiceCounts) _rowFrom = null;
    }

    /// <summary>Time passed. A gap above one sample interval ends the row: what happened in it was not seen (T3). A lease that lapsed has lapsed (T2).</summary>
    public void Tick(TimeSpan now)
    {
        if (rules.OwnGapEndsRow && _tickedAt is { } before && now - before > SampleInterval) _rowFrom = null;
        _tickedAt = now;
        if (rules.LapsedStaysLapsed && HasTaken && (End is not { } end || now >= end)) HasTaken = false;
    }

    /// <summary>When the next sample is due.</summary>
    /// <param name="isAlone">The peer does not count: samples are all that there is.</param>
    public TimeSpan NextSample(bool isAlone)
    {
        if (_pending is not null || _timing is not { } timing) return TimeSpan.MaxValue;
        if (_sentAt is not { } sent) return TimeSpan.Zero;
        var silentFrom = _voiceAt is { } voice && rules.VoiceCounts ? voice + timing.KeepAliveInterval : TimeSpan.Zero;
        var soon = sent + SampleInterval;
        return isAlone || silentFrom <= soon ? soon : Earlier(Later(soon, silentFrom), sent + ProofInterval);
    }

    /// <summary>A sample is sent now. It ends with <see cref="EndSample"/>, within one sample interval.</summary>
    public long Begin(TimeSpan now)
    {
        _sentAt = now;
        _pending = (++_lastId, now);
        return _lastId;
    }

    /// <summary>What came of a sample.</summary>
    /// <param name="leaseEnd">Of the lease that stands, from whatever it comes.</param>
    /// <param name="needed">The row that taking needs (T3, T6); <see cref="TimeSpan.MaxValue"/>: nothing is taken now.</param>
    public void EndSample(long id, TimeSpan now, bool arbitratorAnswered, bool peerAnswered, TimeSpan? leaseEnd, TimeSpan needed)
    {
        if (_pending is not { } sample || sample.Id != id || _timing is not { } timing) return;
        _pending = null;
        if (peerAnswered)
        {
            IsProven = true;
            if (rules.WordEndsAtVoice) IsConfirmed = false;
        }
        var isArbitrated = arbitratorAnswered || IsConfirmed || !rules.ArbitratorCounts;
        var isHeard = rules.VoiceCounts && _voiceAt is { } voice && voice >= sample.SentAt - (timing.KeepAliveInterval * 1.5);
        var at = rules.FromSendTime ? sample.SentAt : now;
        if (isArbitrated && !isHeard && (now < leaseEnd || !rules.LapsedStaysLapsed)) Keep(at);
        if (!isArbitrated || isHeard || (peerAnswered && rules.PeerAnswerCounts))
        {
            _rowFrom = null;
            return;
        }
        if (_rowFrom is null || (rules.OwnGapEndsRow && sample.SentAt - _rowTo > SampleInterval * 2)) _rowFrom = sample.SentAt;
        _rowTo = sample.SentAt;
        if (Row < needed || sample.SentAt < _flushedAt) return;
        HasTaken = true;
        Keep(at);
    }

    /// <summary>The peer answered a message of ours that was sent then, and holds nothing that is not ours to give: it cannot take before D is over again.</summary>
    public void Followed(TimeSpan sentAt)
    {
        HasTaken = true;
        Keep(sentAt);
    }

    /// <summary>T3: the generation is on disk.</summary>
    public void Flushed(TimeSpan now)
    {
        _flushedAt = now;
        HasTaken = false;
        if (rules.OneMoreSample) return;
        HasTaken = true;
        Keep(now);
    }

    /// <summary>T4: an operator vouches for it. Only while nothing is heard.</summary>
    public void Confirm() => IsConfirmed = true;

    /// <summary>The node has been refused, or lives anew in the log: what samples have renewed is void.</summary>
    public void Drop()
    {
        _keptFrom = null;
        HasTaken = false;
    }

    private void Keep(TimeSpan from)
    {
        if (_keptFrom is not { } known || from > known) _keptFrom = from;
    }

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}

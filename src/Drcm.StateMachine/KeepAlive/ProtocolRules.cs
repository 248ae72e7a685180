namespace Drcm.StateMachine.KeepAlive;

/// <summary>One switch for each rule that stands between a lease and two owners, so that a test can show what it is for. The daemon
/// always runs with <see cref="All"/>; nothing in cm.cfg reaches here.</summary>
public sealed record ProtocolRules
{
    private ProtocolRules()
    {
    }

    /// <summary>Every rule is on.</summary>
    public static ProtocolRules All { get; } = new();

    /// <summary>O1: a lease needs a majority of the voters; off: any one voter's acknowledgement makes it.</summary>
    public bool MajorityLease { get; internal init; } = true;

    /// <summary>O1: a lease counts from the send time of the keep-alive; off: from the arrival of the acknowledgement.</summary>
    public bool LeaseFromSendTime { get; internal init; } = true;

    /// <summary>O1: L and S fit into D (docs/timing.md); off: a lease lasts twice as long as the silence that ends it.</summary>
    public bool LeaseFits { get; internal init; } = true;

    /// <summary>O2: a voter acknowledges nothing to a node that it has expired.</summary>
    public bool ExpiryWithholds { get; internal init; } = true;

    /// <summary>O2: of a voter's reports the newest (incarnation, sequence) counts; off: the one that came last.</summary>
    public bool NewestReportCounts { get; internal init; } = true;

    /// <summary>O2: expiries count in the round that they name; off: for ever.</summary>
    public bool RoundCounts { get; internal init; } = true;

    /// <summary>O4: a node that is not up in the voter's projection is not acknowledged.</summary>
    public bool DownRefused { get; internal init; } = true;

    /// <summary>O4: a node that has not applied its newest epoch is not acknowledged.</summary>
    public bool EpochEchoed { get; internal init; } = true;

    /// <summary>O4: a keep-alive must name the receiver's own incarnation.</summary>
    public bool IncarnationEchoed { get; internal init; } = true;

    /// <summary>O4: each sequence number counts once.</summary>
    public bool ReplayWindow { get; internal init; } = true;

    /// <summary>O5: the epoch floor is stored before the acknowledgement that needs it.</summary>
    public bool FloorKept { get; internal init; } = true;

    /// <summary>O5: an expiry ends with <c>node.up</c> or <c>suspicion.closed</c>; off: with <c>node.down</c> as well.</summary>
    public bool LiftNeedsUp { get; internal init; } = true;

    /// <summary>O6: an expiry is on disk before it is reported.</summary>
    public bool PromiseBeforeReport { get; internal init; } = true;

    /// <summary>O6: a restarted voter keeps its promises; off: it starts without any.</summary>
    public bool PromiseKept { get; internal init; } = true;

    /// <summary>O7: a node whose log stands still is no longer acknowledged.</summary>
    public bool LagWithholds { get; internal init; } = true;

    /// <summary>O7: it is expired D after its last acknowledgement; off: at once.</summary>
    public bool LagSafe { get; internal init; } = true;

    /// <summary>O8: the first refusal ends the lease.</summary>
    public bool RefusalReleases { get; internal init; } = true;

    /// <summary>O9: older incarnations are not heard.</summary>
    public bool StaleIncarnationRejected { get; internal init; } = true;

    /// <summary>O9: a new boot is acknowledged only D after the last acknowledgement to the old one.</summary>
    public bool NewBootWaits { get; internal init; } = true;

    /// <summary>O2, O6: expiries outlive the incarnation that they were made against; off: a new incarnation starts clean.</summary>
    public bool PromisePerNode { get; internal init; } = true;

    /// <summary>O11: leases and expiries count by the voters that events have set; off: by those that the definition wants.</summary>
    public bool VotersFromLog { get; internal init; } = true;

    /// <summary>O11: a node stores new voters before it tells to have applied them; off: a restarted node counts by what it has read so far.</summary>
    public bool VotersStoredFirst { get; internal init; } = true;

    /// <summary>A new lease and silence count together with the former ones until everybody has read of them; off: whoever reads of them goes by them.</summary>
    public bool TimingInSteps { get; internal init; } = true;

    /// <summary>O14: a node that has left the definition is heard and acknowledged until the log has no trace of it.</summary>
    public bool LeavingHeard { get; internal init; } = true;

    /// <summary>T5: what a message of another generation says carries no rights.</summary>
    public bool GenerationFirst { get; internal init; } = true;

    /// <summary>T5: a node that steps down says so only when it has released everything exclusive.</summary>
    public bool StepsDownFirst { get; internal init; } = true;

    /// <summary>O20: after a pause of its own a voter starts every count of silence again.</summary>
    public bool OwnPauseRestartsCounts { get; internal init; } = true;
}

namespace Drcm.StateMachine.KeepAlive;

/// <summary>What the lease core has done since its start. Each only grows.</summary>
public sealed class LeaseCounters
{
    public long KeepAlivesSent { get; internal set; }

    /// <summary>Keep-alives and answers that passed every check.</summary>
    public long Heard { get; internal set; }

    /// <summary>Acknowledgements sent.</summary>
    public long Acknowledged { get; internal set; }

    /// <summary>Refusals sent (O8).</summary>
    public long Refused { get; internal set; }

    /// <summary>Answers sent that neither acknowledge nor refuse.</summary>
    public long Withheld { get; internal set; }

    /// <summary>Answers sent to keep-alives that did not name this incarnation.</summary>
    public long Introduced { get; internal set; }

    /// <summary>Acknowledgements received for keep-alives of this incarnation.</summary>
    public long AcknowledgementsHeard { get; internal set; }

    /// <summary>Refusals that ended the lease.</summary>
    public long RefusalsHeeded { get; internal set; }

    /// <summary>Sequence numbers seen before or too old to tell.</summary>
    public long Replayed { get; internal set; }

    public long StaleIncarnation { get; internal set; }

    /// <summary>From a node that the configuration does not know, or not meant for this one.</summary>
    public long Misdirected { get; internal set; }

    /// <summary>From another generation (T5).</summary>
    public long OtherGeneration { get; internal set; }

    public long Expired { get; internal set; }

    public long Lifted { get; internal set; }

    public long OwnPauses { get; internal set; }

    public long PromiseWritesFailed { get; internal set; }

    /// <summary>Nodes that were seen to run twice at once (O12).</summary>
    public long TwoDaemons { get; internal set; }
}

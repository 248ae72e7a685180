namespace Drcm.StateMachine.Solo;

/// <summary>One switch for each rule of a pair without a witness (T1 to T6), so that a test can show what it is for. The daemon always runs with
/// <see cref="All"/>; nothing in cm.cfg reaches here.</summary>
public sealed record SoloRules
{
    private SoloRules()
    {
    }

    /// <summary>Every rule is on.</summary>
    public static SoloRules All { get; } = new();

    /// <summary>T1: a sample needs an answer of the arbitrator.</summary>
    public bool ArbitratorCounts { get; internal init; } = true;

    /// <summary>T1: an answer of the peer's address to a probe stands against taking.</summary>
    public bool PeerAnswerCounts { get; internal init; } = true;

    /// <summary>T1: anything heard of the peer stands against a sample.</summary>
    public bool VoiceCounts { get; internal init; } = true;

    /// <summary>T1: a sample counts from when it was sent; off: from when its answers were read.</summary>
    public bool FromSendTime { get; internal init; } = true;

    /// <summary>T1: who has never had an answer from the peer's address cannot tell anything by the lack of one.</summary>
    public bool ProbeIsProven { get; internal init; } = true;

    /// <summary>T2: a lapsed lease is not renewed by a sample.</summary>
    public bool LapsedStaysLapsed { get; internal init; } = true;

    /// <summary>T3: every sample of a full D; off: one is enough.</summary>
    public bool FullSilence { get; internal init; } = true;

    /// <summary>T3: a pause of this node's own ends the row of samples.</summary>
    public bool OwnGapEndsRow { get; internal init; } = true;

    /// <summary>T3: one more sample after the generation is on disk.</summary>
    public bool OneMoreSample { get; internal init; } = true;

    /// <summary>T4: an operator's word is void once the peer is heard.</summary>
    public bool WordEndsAtVoice { get; internal init; } = true;

    /// <summary>T6: a node that starts alone goes solo only if it was the last one alive.</summary>
    public bool LastAliveOnly { get; internal init; } = true;
}

namespace Drcm.StateMachine.Reconciliation;

/// <summary>The reconciler's safety rules, all on. A test switches one off to see that it is needed; nothing else may.</summary>
public sealed record ReconcilerRules
{
    public static ReconcilerRules All { get; } = new();

    /// <summary>O1: nothing starts without a lease.</summary>
    public bool StartsUnderLease { get; init; } = true;

    /// <summary>O1: what is exclusive stops when the lease ends.</summary>
    public bool ReleasesAtLeaseEnd { get; init; } = true;

    /// <summary>O15: also in maintenance.</summary>
    public bool ReleasesInMaintenance { get; init; } = true;

    /// <summary>O15: nothing exclusive is left running when the daemon ends, whatever <c>keep_*</c> says.</summary>
    public bool KeepsNothingExclusive { get; init; } = true;

    /// <summary>O20: after a pause longer than the lease what is exclusive is released before anything that waited is read.</summary>
    public bool ReleasesAfterPause { get; init; } = true;

    /// <summary>O16: nothing exclusive starts, or is monitored by a script that may start it, without a guard.</summary>
    public bool StartsUnderGuard { get; init; } = true;

    /// <summary>O9: nothing starts or stops before the node's own introduction is applied.</summary>
    public bool IntroducesFirst { get; init; } = true;

    /// <summary>O10: a stopped token is never started again.</summary>
    public bool StoppedIsFinal { get; init; } = true;

    /// <summary>O10: <c>stopped</c> is reported only when nothing is left.</summary>
    public bool ReportsAfterStop { get; init; } = true;
}

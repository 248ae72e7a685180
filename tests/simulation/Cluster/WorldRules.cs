using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Guarding;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Nodes;
using Drcm.StateMachine.Reconciliation;
using Drcm.StateMachine.Solo;

namespace Drcm.Simulation.Cluster;

/// <summary>Which rules are on: the broken variants replace one of them.</summary>
internal sealed record WorldRules
{
    public static WorldRules All { get; } = new();

    public ProtocolRules Protocol { get; init; } = ProtocolRules.All;

    public ReconcilerRules Reconciler { get; init; } = ReconcilerRules.All;

    public GuardRules Guard { get; init; } = GuardRules.All;

    public SoloRules Solo { get; init; } = SoloRules.All;

    public DecisionRules Decisions { get; init; } = DecisionRules.All;

    /// <summary>What a snapshot keeps of the state; all of it, but in broken variants. Given: before, and what the log holds.</summary>
    public Func<ClusterState, ClusterState, ClusterState> Snapshot { get; init; } = (_, restored) => restored;

    /// <summary>O16. Off: a killed or frozen daemon leaves what it runs.</summary>
    public bool HasGuard { get; init; } = true;

    /// <summary>O17. Off: a frozen daemon wakes whenever it wakes, and what it began before goes on.</summary>
    public bool HasDeadlineTimer { get; init; } = true;

    /// <summary>O18. Off: a floating address answers as long as it is there.</summary>
    public bool HasGate { get; init; } = true;

    /// <summary>O21. Off: installed crontab lines run without asking for a lease.</summary>
    public bool HasCronExec { get; init; } = true;

    /// <summary>O21. Off: what a loss of power left of crontabs is found by the daemon in its own time.</summary>
    public bool SweepsAtBoot { get; init; } = true;

    /// <summary>O12. Off: a node does not tell which spool it has, so that a lost one goes unnoticed.</summary>
    public bool TellsSpools { get; init; } = true;

    /// <summary>O19. Off: fence agents report success and do nothing.</summary>
    public bool AgentsAreTrue { get; init; } = true;

    /// <summary>Time is the host's monotonic clock. Off: its wall clock, which somebody may set.</summary>
    public bool IsMonotonic { get; init; } = true;
}

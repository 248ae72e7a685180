using System.Collections.Immutable;
using System.Diagnostics;
using Drcm.StateMachine.Cluster;

namespace Drcm.StateMachine.Decisions;

/// <summary>What shall happen? Pure and deterministic; the leader appends the answer with the version of the state that it was decided
/// on, and asks again if that was stale.</summary>
public static class Decider
{
    /// <summary>The steps of <see cref="Observe"/>, in order: each works on what the ones before it decided.</summary>
    private static readonly ImmutableArray<Action<Plan, LeaderView>> Pipeline =
    [
        Introduce.Run,
        ShutdownStandby.Run,
        CountCrontabReports.Run,
        TroubleStandby.Run,
        CountResourceReports.Run,
        CloseSuspicions.Run,
        DeclareDown.Run,
        EndReleases.Run,
        Readmit.Run,
        ExpireFailures.Run,
        FinishMoves.Run,
        Retire.Run,
        Release.Run,
        MoveSlots.Run,
        Place.Run,
        FenceNodes.Run,
        SettleTiming.Run,
        ArmSolo.Run,
        ChangeVoters.Run,
    ];

    public static Decision Decide(ClusterState state, Command command)
    {
        var plan = new Plan(state);
        switch (command)
        {
            case Configure c: ConfigureCommand.Run(plan, c); break;
            case Observe c: Follow(plan, c.View); break;
            case SetStandby c: StandbyCommands.Set(plan, c); break;
            case Activate c: StandbyCommands.Activate(plan, c); break;
            case RequestMove c: MoveCommand.Run(plan, c); break;
            case ClearFailures c: ClearFailuresCommand.Run(plan, c); break;
            case EnterMaintenance: MaintenanceCommands.Enter(plan); break;
            case LeaveMaintenance: MaintenanceCommands.Leave(plan); break;
            case AdvanceKeyRotation c: KeyRotationCommand.Run(plan, c); break;
            case ConfirmFenced c: FencedCommand.Run(plan, c); break;
            default: throw new UnreachableException($"{command.GetType().Name} has no decision");
        }
        return plan.ToDecision();
    }

    private static void Follow(Plan plan, LeaderView view)
    {
        if (plan.State.Definition is null)
        {
            plan.Refuse("the cluster is not configured yet");
            return;
        }
        foreach (var step in Pipeline) step(plan, view);
    }
}

using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

internal static class MaintenanceCommands
{
    public static void Enter(Plan plan)
    {
        if (plan.State.InMaintenance) plan.Refuse("the cluster is in maintenance already");
        else plan.EmitTold(new MaintenanceEntered(), "an operator began maintenance: nothing is started, moved or stopped until it ends");
    }

    public static void Leave(Plan plan)
    {
        if (plan.State.InMaintenance) plan.EmitTold(new MaintenanceLeft(), "an operator ended maintenance: the rules place slots again");
        else plan.Refuse("the cluster is not in maintenance");
    }
}

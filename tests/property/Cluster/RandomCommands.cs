using Drcm.StateMachine;
using Drcm.StateMachine.Decisions;

namespace Drcm.Property.Tests.Cluster;

internal static class RandomCommands
{
    public static Command Of(int seed, NodeId node, SlotId slot, byte choice) => ((choice >> 3) % 10) switch
    {
        0 => new SetStandby(node),
        1 => new Activate(node),
        2 or 3 => new RequestMove(slot, node),
        4 => new RequestMove(slot, null),
        5 => new ClearFailures(slot),
        6 => (choice & 1) == 0 ? new EnterMaintenance() : new LeaveMaintenance(),
        7 => new ConfirmFenced(node, "the test"),
        _ => new Configure(RandomDefinition.Text(seed, (choice & 1) == 0)),
    };
}

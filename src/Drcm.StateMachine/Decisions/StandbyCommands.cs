using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

internal static class StandbyCommands
{
    public static void Set(Plan plan, SetStandby command)
    {
        if (Find(plan, command.Node) is not { } node) return;
        if (node.Standby == StandbyKind.Operator) plan.Refuse($"{node.Id} stands by already");
        else plan.EmitTold(new NodeStandby(node.Id, StandbyKind.Operator), $"an operator put {node.Id} on standby: it gives its slots away");
    }

    public static void Activate(Plan plan, Activate command)
    {
        if (Find(plan, command.Node) is not { } node) return;
        switch (node.Standby)
        {
            case StandbyKind.None: plan.Refuse($"{node.Id} is active already"); break;
            case StandbyKind.Shutdown: plan.Refuse($"{node.Id} is shutting down; it is active again when its daemon starts"); break;
            case StandbyKind.Trouble: plan.Refuse($"{node.Id} has trouble of its own; it is active again when that has been over for a while"); break;
            case StandbyKind.Operator: plan.EmitTold(new NodeActivated(node.Id), $"an operator activated {node.Id}: it takes slots again"); break;
        }
    }

    private static NodeState? Find(Plan plan, NodeId id)
    {
        if (plan.State.Nodes.TryGetValue(id, out var node)) return node;
        plan.Refuse($"{id} is not a node of this cluster; its nodes are {Words.List([.. plan.State.Nodes.Keys])}");
        return null;
    }
}

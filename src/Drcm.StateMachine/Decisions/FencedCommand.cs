using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>Somebody vouches that a node can no longer act. Only for a node that is down and silent: one that is up, or heard, may still act.</summary>
internal static class FencedCommand
{
    public static void Run(Plan plan, ConfirmFenced command)
    {
        if (!plan.State.Nodes.TryGetValue(command.Node, out var node))
        {
            plan.Refuse($"{command.Node} is not a node of this cluster; its nodes are {Words.List([.. plan.State.Nodes.Keys])}");
            return;
        }
        if (node.Status == NodeStatus.Up)
        {
            plan.Refuse($"{node.Id} is up: switch it off and wait until it is declared down, then confirm");
            return;
        }
        if (!command.HeardBy.IsEmpty)
        {
            plan.Refuse($"{node.Id} is heard by {Words.List(command.HeardBy)}: it may still act; switch it off, then confirm");
            return;
        }
        if (plan.State.Slots.Values.All(s => s.Owner != node.Id))
        {
            plan.Refuse($"{node.Id} holds nothing: there is nothing to confirm");
            return;
        }
        plan.EmitTold(
            new NodeFenced(node.Id, Plan.Clip(command.By, Limits.DetailCharsMax)),
            Plan.Clip($"{node.Id} cannot act any more ({command.By}): what it held is free", EventLimits.ReasonCharsMax));
    }
}

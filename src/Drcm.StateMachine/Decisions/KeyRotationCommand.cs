using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>Takes a rotation of the auth key one step on when every live node has confirmed the step before (O22).</summary>
internal static class KeyRotationCommand
{
    public static void Run(Plan plan, AdvanceKeyRotation command)
    {
        if (KeyRotations.WhyNot(plan.State, command.Step, command.Fingerprint) is { } why)
        {
            plan.Refuse(why);
            return;
        }
        var missing = Live(plan.State, command).Except(command.Confirmed);
        if (!missing.IsEmpty)
        {
            plan.Refuse($"the rotation of the auth key waits for {Words.List([.. missing])}");
            return;
        }
        plan.Emit(new KeyRotationAdvanced(command.Step, command.Fingerprint, [.. command.Confirmed]), ReasonOf(command.Step));
    }

    private static System.Collections.Immutable.ImmutableSortedSet<NodeId> Live(ClusterState state, AdvanceKeyRotation command) =>
        command.Live.Union(state.Nodes.Values.Where(n => n.Status == NodeStatus.Up).Select(n => n.Id));

    private static string ReasonOf(KeyStep step) => step switch
    {
        KeyStep.AcceptBoth => "every live node has the new key on disk and accepts both",
        KeyStep.SendNew => "every live node accepts both keys: the new one is sent from here on",
        KeyStep.RetireOld => "every live node sends the new key: the old one is refused from here on",
        KeyStep.Done => "every live node has forgotten the old key: the rotation is over",
        _ => $"step {step}",
    };
}

using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;

namespace Drcm.StateMachine.Decisions;

/// <summary>A node that is down and may still run something exclusive is fenced, if its configuration says how. One at a time, after the head start
/// that the node is given, with a pause that grows after each failure, and never more than a few in an hour.</summary>
internal static class FenceNodes
{
    /// <summary>More within an hour means that fencing is not what helps.</summary>
    public const int PerHourMax = 6;

    private const int PauseDoublingsMax = 6;

    /// <summary>After the first failure; doubled by each further one, up to 64 times as long.</summary>
    private static readonly TimeSpan PauseFirst = TimeSpan.FromSeconds(5);

    public static void Run(Plan plan, LeaderView view)
    {
        if (plan.State.InMaintenance) return;
        foreach (var node in plan.State.Nodes.Values)
        {
            if (!NeedsFencing(plan.State, node) || Agent(plan.State, node.Id) is not { } agent) continue;
            var tries = view.FenceTries.GetValueOrDefault(node.Id, FenceTries.None);
            var waited = view.FencingNeededFor.GetValueOrDefault(node.Id);
            if (tries.IsRunning) plan.Refuse($"{node.Id} is being fenced by {agent.Agent}");
            else if (waited < agent.Delay) plan.Refuse($"{node.Id} is fenced when it has been down for {Words.Seconds(agent.Delay)} (delay)");
            else if (tries.Failed > 0 && tries.SinceLast < Pause(tries.Failed))
                plan.Refuse($"{node.Id} is fenced again {Words.Seconds(Pause(tries.Failed))} after the last try, which failed");
            else if (view.FencedLastHour >= PerHourMax)
                plan.Refuse($"{node.Id} is not fenced: {PerHourMax} fencings within an hour are the limit; switch it off by hand and confirm that");
            else if (plan.FenceStep is null && view.FenceTries.Values.All(t => !t.IsRunning))
                plan.FenceStep = new FenceStep(node.Id, agent, Why(plan.State, node.Id, agent));
        }
    }

    /// <summary>Down, and owner of an exclusive slot that only proof frees.</summary>
    public static bool NeedsFencing(ClusterState state, NodeState node) =>
        node.Status == NodeStatus.Down && state.Slots.Values.Any(s => IsStuckOn(s, node.Id));

    private static bool IsStuckOn(SlotState slot, NodeId node) =>
        slot.Owner == node && slot.Phase == SlotPhase.Unknown && slot.HeldIdentity.Length > 0;

    /// <summary>Also of a node that has left the configuration? No: nobody says any more how to fence it.</summary>
    private static FenceDefinition? Agent(ClusterState state, NodeId node) =>
        Topology.Of(state.Definition!).Nodes.GetValueOrDefault(node)?.Fence;

    private static TimeSpan Pause(int failed) => PauseFirst * (1 << Math.Min(failed - 1, PauseDoublingsMax));

    private static string Why(ClusterState state, NodeId node, FenceDefinition agent)
    {
        var stuck = state.Slots.Values.Where(s => IsStuckOn(s, node)).Select(s => s.Id.ToString()).ToArray();
        var what = stuck.Length == 1 ? stuck[0] : $"{stuck[0]} and {stuck.Length - 1} more";
        return $"{node} is down and may still run {what}: fencing it with {agent.Agent} ({(agent.Reboots ? "reboot" : "off")})";
    }
}

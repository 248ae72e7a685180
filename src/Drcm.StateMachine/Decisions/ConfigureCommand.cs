using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>A new definition, unless it would change voters in a way that could break leases in force (O11).</summary>
internal static class ConfigureCommand
{
    public static void Run(Plan plan, Configure command)
    {
        var state = plan.State;
        if (state.Definition is not null && state.DefinitionText == command.Definition)
        {
            plan.Refuse("the cluster runs by this configuration already");
            return;
        }
        if (DefinitionText.Read(command.Definition) is not { } definition)
        {
            plan.Refuse("the configuration cannot be read; run 'drcm config check' on it");
            return;
        }
        if (!DefinitionPacking.Fits(command.Definition))
        {
            plan.Refuse("the configuration does not fit one entry of the log; list fewer resources or backups");
            return;
        }
        if (state.Definition is { } current && WhyNotVoters(state, command.View, Topology.Of(current), Topology.Of(definition)) is { } why)
        {
            plan.Refuse(why);
            return;
        }
        plan.Emit(
            new ClusterConfigured(command.Definition),
            $"{(state.Definition is null ? "first" : "new")} configuration: "
            + $"{definition.Nodes.Length} nodes, {Topology.Of(definition).Slots.Count} slots");
    }

    private static string? WhyNotVoters(ClusterState state, LeaderView? view, Topology current, Topology next)
    {
        var changes = current.Voters.Except(next.Voters).Count() + next.Voters.Except(current.Voters).Count();
        if (changes == 0) return null;
        var what = $"the voters would change from {Words.List(current.Voters)} to {Words.List(next.Voters)}";
        if (changes > 1) return $"{what}: change one voter at a time, each in a configuration of its own";
        foreach (var node in state.Nodes.Values)
        {
            if (node.Status != NodeStatus.Up) continue;
            var heard = view is null ? null : CurrentReports.Of(view, node);
            if (heard is null || heard.Report.Applied < state.ConfiguredAt)
                return $"{what}: {node.Id} has not reported the configuration of index {state.ConfiguredAt} yet; wait for it";
        }
        return null;
    }
}

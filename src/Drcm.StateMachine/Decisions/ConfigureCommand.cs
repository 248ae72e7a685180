using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>A new definition; what it takes away is stopped first (O14), and voters follow one by one (O11).</summary>
internal static class ConfigureCommand
{
    public static void Run(Plan plan, Configure command)
    {
        var state = plan.State;
        if (state.Definition is not null && state.DefinitionText == command.Definition && state.ConfigurationFile == command.File)
        {
            plan.Refuse("the cluster runs by this configuration already");
            return;
        }
        if (DefinitionText.Read(command.Definition) is not { } definition)
        {
            plan.Refuse("the configuration cannot be read; run 'drcm config check' on it");
            return;
        }
        if (!DefinitionPacking.Fit(command.Definition, command.File))
        {
            plan.Refuse("the configuration does not fit one entry of the log; list fewer resources or backups");
            return;
        }
        if (state.Definition is { } current)
        {
            if (state.Pair is { IsSolo: true } pair && !Topology.Of(definition).WantedVoters.SetEquals(Topology.Of(current).WantedVoters))
            {
                plan.Refuse(
                    $"{pair.Generation.Owner} is on its own: who votes cannot change until the other node is back (in its place a new machine of the same nodename will do); "
                    + "apply the file then");
                return;
            }
            if (DefinitionChanges.WhyNotWhileRunning(current, definition) is { } why)
            {
                plan.Refuse(why);
                return;
            }
            foreach (var sentence in DefinitionChanges.Between(current, definition)) plan.Note(sentence);
        }
        plan.Emit(
            new ClusterConfigured(command.Definition, command.File),
            $"{(state.Definition is null ? "first" : "new")} configuration: "
            + $"{definition.Nodes.Length} nodes, {Topology.Of(definition).Slots.Count} slots{VotersToChange(state, Topology.Of(definition))}");
    }

    /// <summary>Who votes follows step by step (O11); the sentence says what to expect.</summary>
    private static string VotersToChange(ClusterState state, Topology next)
    {
        if (state.Voters.IsEmpty || next.WantedVoters.SetEquals(state.Voters)) return "";
        return $"; the voters change one by one from {Words.List([.. state.Voters])} to {Words.List([.. next.WantedVoters])}";
    }
}

using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration;

/// <summary>In plain words, for the cluster that a definition makes: what it survives, what it does not, and the one change that helps most.</summary>
/// <param name="Survives">Clauses.</param>
/// <param name="StopsFor">Clauses.</param>
/// <param name="HelpsMost">A sentence; empty: nothing that the file could say.</param>
public sealed record Survival(ImmutableArray<string> Survives, ImmutableArray<string> StopsFor, string HelpsMost)
{
    private const string AddWitness = "a small third machine, whose [CM_NODE] says witness = 1 (docs/two-nodes.md)";

    public static Survival Of(ConfigSummary summary)
    {
        var held = summary.Exclusive.IsEmpty ? "resources" : "what is exclusive";
        return summary.Voters.Length switch
        {
            1 => new(
                [],
                [$"the loss of {summary.Voters[0]}, by crash or planned: nothing is taken over, and nothing exclusive runs"],
                "a second machine as a backup, and a third one, which may be small (witness = 1)"),
            2 => new(
                ["a daemon that is back within its lease", "a resource that fails on one of them: the other one runs it"],
                [
                    $"the loss of {summary.Voters[0]} or {summary.Voters[1]}, by crash or planned: there is no majority, and {held} stops on the other one, until both are back",
                    "a cut between them: both release what is exclusive",
                ],
                AddWitness),
            _ => Of(summary, summary.LossesSurvived),
        };
    }

    private static Survival Of(ConfigSummary summary, int losses)
    {
        var any = losses == 1 ? "one of its voters" : $"{losses} of its voters";
        return new(
            [$"the loss of any {any}, by crash, cut or planned: the others go on, and take over"],
            [
                $"the loss of {losses + 1} at once: the rest starts nothing, and releases what is exclusive",
                .. Unbounded(summary).Select(r => $"the crash of the owner of {r}: nothing makes sure that it was stopped there, so it waits"),
                .. summary.WithoutBackup.Select(s => $"the loss of {s.Home}, for {s.Resource}: no node backs it up"),
            ],
            Advice(summary));
    }

    private static string Advice(ConfigSummary summary)
    {
        if (Unbounded(summary).ToArray() is { Length: > 0 } unbounded)
            return $"self_fence = watchdog, or a fence line for each node: then {string.Join(", ", unbounded)} is taken over after a crash (docs/fencing.md)";
        if (!summary.WithoutBackup.IsEmpty) return $"a backup for {summary.WithoutBackup[0]} on another node";
        return summary.Voters.Length % 2 == 0
            ? $"one voter more or one less: {summary.Voters.Length} survive no more losses than {summary.Voters.Length - 1}; a small machine with witness = 1 will do"
            : "";
    }

    private static IEnumerable<ResourceId> Unbounded(ConfigSummary summary) =>
        summary.Budgets.Where(b => b.Budget == ReleaseRules.Unbounded).Select(b => b.Resource);
}

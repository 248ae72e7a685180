using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration;

/// <summary>What a cluster of this definition is: for people who are about to trust it.</summary>
public sealed record ConfigSummary
{
    public required TimingDefinition Timing { get; init; }

    public required ImmutableArray<NodeDefinition> Nodes { get; init; }

    public required ImmutableArray<NodeId> Voters { get; init; }

    public required ImmutableArray<ResourceId> Exclusive { get; init; }

    /// <summary>Exclusive resources for which the stop budget is not enough.</summary>
    public required ImmutableArray<(ResourceId Resource, TimeSpan Budget)> Budgets { get; init; }

    public required ImmutableArray<ResourceId> Shared { get; init; }

    /// <summary>Listings that no active node backs up: down with their home node.</summary>
    public required ImmutableArray<SlotId> WithoutBackup { get; init; }

    /// <summary>Voters that may be lost while the others still form a majority.</summary>
    public int LossesSurvived => (Voters.Length - 1) / 2;

    public static ConfigSummary Of(ClusterDefinition definition)
    {
        var backed = definition.Nodes.Where(n => n.IsActive).SelectMany(n => n.Backups).ToImmutableSortedSet();
        return new ConfigSummary
        {
            Timing = definition.Timing,
            Nodes = definition.Nodes,
            Voters = [.. definition.Nodes.Where(n => n.IsVoter).Select(n => n.Id)],
            Exclusive = [.. definition.Resources.Where(r => r.IsExclusive).Select(r => r.Id)],
            Budgets =
            [
                .. definition.Resources.Select(r => (r.Id, ReleaseRules.BudgetOf(r, definition.SelfFence))).Where(b => b.Item2 > TimeSpan.Zero),
            ],
            Shared = [.. definition.Resources.Where(r => !r.IsExclusive).Select(r => r.Id)],
            WithoutBackup =
            [
                .. definition.Nodes.SelectMany(n => n.HomeResources.Select(r => new SlotId(r, n.Id)))
                    .Where(s => !backed.Contains(s)),
            ],
        };
    }

    /// <summary>Lines of a label and a text.</summary>
    public IEnumerable<(string Label, string Text)> Lines()
    {
        yield return ("nodes", string.Join(", ", Nodes.Select(Describe)));
        yield return ("voters", $"{Voters.Length}: {string.Join(", ", Voters)}");
        var survival = Survival.Of(this);
        foreach (var clause in survival.Survives) yield return ("survives", clause);
        foreach (var clause in survival.StopsFor) yield return ("does not", clause);
        if (survival.HelpsMost.Length > 0) yield return ("helps most", survival.HelpsMost);
        yield return ("dead after", $"{Words(Timing.DeadAfter)} of silence (keep-alives every " +
            $"{Words(Timing.KeepAliveInterval)}); then a backup node takes over");
        yield return ("lease", $"{Words(Timing.Lease)}: so long may an owner act on one majority acknowledgement");
        yield return ("stop budget", $"{Words(Timing.StopBudget)}: by then after its lease an owner has released what is exclusive");
        foreach (var line in Releases()) yield return ("release", line);
        yield return ("election", $"{Words(Timing.ElectionTimeout)} to {Words(ElectionTimeoutMax)} without a leader, then a new one is elected");
        yield return ("first start", $"waits up to {Words(Timing.InitDead)} for nodes never seen");
        yield return ("exclusive", List(Exclusive, "nothing"));
        yield return ("not exclusive", List(Shared, "nothing"));
        if (!WithoutBackup.IsEmpty) yield return ("no backup", List(WithoutBackup, ""));
    }

    /// <summary>R of what S is not enough for (OWNERSHIP O19).</summary>
    private IEnumerable<string> Releases()
    {
        foreach (var group in Budgets.GroupBy(b => b.Budget))
        {
            var names = string.Join(", ", group.Select(b => b.Resource));
            yield return group.Key == ReleaseRules.Unbounded
                ? $"{names}: no bound, self_fence is off: when the owner goes down, taken over once it is fenced, rebooted or reports it stopped"
                : $"{names}: {Words(group.Key)} after the lease, or the host resets itself: taken over "
                  + $"{Words(ReleaseRules.HoldBack(group.Key, Timing.StopBudget))} after the owner's death";
        }
    }

    private TimeSpan ElectionTimeoutMax =>
        Timing.ElectionTimeout * 2 < Timing.DeadAfter ? Timing.ElectionTimeout * 2 : Timing.DeadAfter;

    private static string Describe(NodeDefinition node)
    {
        var role = (node.IsActive, node.IsWitness) switch
        {
            (false, _) => ", not active",
            (_, true) => ", witness",
            _ => node.IsVoter ? "" : ", no voter",
        };
        return $"{node.Id} ({node.Hostname}, {string.Join(" ", node.KeepAliveAddresses)}{role})";
    }

    private static string List<T>(ImmutableArray<T> items, string none) =>
        items.IsEmpty ? none : string.Join(", ", items);

    private static string Words(TimeSpan span) =>
        span < TimeSpan.FromSeconds(1) ? $"{DurationText.Milliseconds(span)} ms" : $"{DurationText.Seconds(span)} s";
}

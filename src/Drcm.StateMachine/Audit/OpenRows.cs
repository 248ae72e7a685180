using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Audit;

/// <summary>The intervals that have not ended: who owns what, which slots have no started owner, and how each node is. They follow from the state alone, so
/// that stored ones can be checked against it.</summary>
public sealed record OpenRows
{
    public static OpenRows None { get; } = new();

    public ImmutableSortedDictionary<SlotId, OpenOwnership> Ownership { get; init; } = ImmutableSortedDictionary<SlotId, OpenOwnership>.Empty;

    public ImmutableSortedDictionary<SlotId, OpenOutage> Outages { get; init; } = ImmutableSortedDictionary<SlotId, OpenOutage>.Empty;

    public ImmutableSortedDictionary<NodeId, OpenNode> Nodes { get; init; } = ImmutableSortedDictionary<NodeId, OpenNode>.Empty;

    /// <summary>The newest owner of each slot, also of those that have none now; a slot that is not there never had one.</summary>
    public ImmutableSortedDictionary<SlotId, NodeId> NewestOwners { get; init; } = ImmutableSortedDictionary<SlotId, NodeId>.Empty;

    /// <summary>What has two open intervals, and may have one.</summary>
    public ImmutableArray<string> Doubled { get; init; } = [];

    /// <summary>From rows in any order.</summary>
    public static OpenRows From(
        IEnumerable<KeyValuePair<SlotId, OpenOwnership>> ownership, IEnumerable<KeyValuePair<SlotId, OpenOutage>> outages,
        IEnumerable<KeyValuePair<NodeId, OpenNode>> nodes, IEnumerable<KeyValuePair<SlotId, NodeId>> newestOwners)
    {
        var doubled = ImmutableArray.CreateBuilder<string>();
        return new OpenRows
        {
            Ownership = Unique(ownership, doubled), Outages = Unique(outages, doubled), Nodes = Unique(nodes, doubled),
            NewestOwners = newestOwners.ToImmutableSortedDictionary(), Doubled = doubled.ToImmutable(),
        };
    }

    /// <summary>What must be open in this state. Under which index outages and node intervals were opened is not in it.</summary>
    public static OpenRows Of(ClusterState state) => new()
    {
        Ownership = state.Slots.Values.Where(s => s.Owner is not null)
            .ToImmutableSortedDictionary(s => s.Id, s => new OpenOwnership(s.Token, s.Owner!.Value, s.Phase is SlotPhase.Started)),
        Outages = state.Slots.Values.Where(NeedsOwner).ToImmutableSortedDictionary(s => s.Id, _ => new OpenOutage(LogIndex.None, AuditCause.Gap)),
        Nodes = state.Nodes.Values.ToImmutableSortedDictionary(n => n.Id, n => new OpenNode(LogIndex.None, n.Status, n.Standby)),
    };

    /// <summary>It should run somewhere and does not, as far as the log knows.</summary>
    public static bool NeedsOwner(SlotState slot) => slot is { IsRetired: false, Phase: not SlotPhase.Started };

    /// <summary>Where these rows and the state disagree: one sentence each.</summary>
    public IEnumerable<string> Differences(ClusterState state)
    {
        var expected = Of(state);
        foreach (var doubled in Doubled) yield return $"{doubled}: the audit has two intervals that have not ended";
        foreach (var slot in Ownership.Keys.Union(expected.Ownership.Keys))
        {
            var (stored, live) = (Ownership.GetValueOrDefault(slot), expected.Ownership.GetValueOrDefault(slot));
            // A start is not taken back by a later phase: only its absence in a started slot is a difference.
            if (stored is null || live is null || stored.Token != live.Token || stored.Owner != live.Owner || (live.IsStarted && !stored.IsStarted))
                yield return $"{slot}: the audit has {Text(stored)}, the log says {Text(live)}";
        }
        foreach (var slot in Outages.Keys.Except(expected.Outages.Keys)) yield return $"{slot}: the audit has an outage that the log has not";
        foreach (var slot in expected.Outages.Keys.Except(Outages.Keys)) yield return $"{slot}: the log says that it is not started anywhere, the audit has no outage";
        foreach (var node in Nodes.Keys.Union(expected.Nodes.Keys))
        {
            var (stored, live) = (Nodes.GetValueOrDefault(node), expected.Nodes.GetValueOrDefault(node));
            if (stored is null || live is null || stored.Status != live.Status || stored.Standby != live.Standby)
                yield return $"{node}: the audit has {Text(stored)}, the log says {Text(live)}";
        }
    }

    private static ImmutableSortedDictionary<TKey, TRow> Unique<TKey, TRow>(IEnumerable<KeyValuePair<TKey, TRow>> rows, ImmutableArray<string>.Builder doubled)
        where TKey : notnull
    {
        var unique = ImmutableSortedDictionary.CreateBuilder<TKey, TRow>();
        foreach (var (key, row) in rows)
        {
            if (unique.ContainsKey(key)) doubled.Add($"{key}");
            unique[key] = row;
        }
        return unique.ToImmutable();
    }

    private static string Text(OpenOwnership? row) => row is null
        ? "no owner"
        : $"owner {row.Owner} under token {row.Token}{(row.IsStarted ? ", started" : "")}";

    private static string Text(OpenNode? row) => row is null ? "no such node" : $"{Words.Of(row.Status)}, standby {Words.Of(row.Standby)}";
}

/// <param name="IsStarted">It was reported started under this token.</param>
public sealed record OpenOwnership(LogIndex Token, NodeId Owner, bool IsStarted);

/// <param name="Began">Index under which it was opened.</param>
public sealed record OpenOutage(LogIndex Began, AuditCause Cause);

/// <param name="Began">Index under which it was opened.</param>
public sealed record OpenNode(LogIndex Began, NodeStatus Status, StandbyKind Standby);

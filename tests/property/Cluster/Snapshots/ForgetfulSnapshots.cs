using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;

namespace Drcm.Property.Tests.Cluster.Snapshots;

/// <summary>What a snapshot must not leave out (O13), left out.</summary>
internal static class ForgetfulSnapshots
{
    public static ImmutableSortedDictionary<string, Func<ClusterState, ClusterState>> All { get; } =
        new Dictionary<string, Func<ClusterState, ClusterState>>
        {
            ["rounds"] = s => EachNode(s, n => n with { Round = LogIndex.None }),
            ["epochs"] = s => EachNode(s, n => n with { Epoch = LogIndex.None }),
            ["incarnations"] = s => EachNode(s, n => n with { Incarnation = default }),
            ["boot ids"] = s => EachNode(s, n => n with { BootId = "" }),
            ["standby"] = s => EachNode(s, n => n with { Standby = default }),
            ["tokens"] = s => EachSlot(s, t => t with { Token = LogIndex.None }),
            ["pending revokes"] = s => EachSlot(s, t => t.Phase == SlotPhase.Revoked ? t with { Phase = SlotPhase.Started } : t),
            ["unknown stops"] = s => EachSlot(
                s, t => t.Phase == SlotPhase.Unknown ? t with { Phase = SlotPhase.Free, Owner = null, HeldIdentity = "" } : t),
            ["release budgets"] = s => EachSlot(s, t => t with { ReleaseBudget = TimeSpan.Zero }),
            ["held identities"] = s => EachSlot(s, t => t with { HeldIdentity = "" }),
            ["failures"] = s => EachSlot(s, t => t with { Failures = ImmutableSortedDictionary<NodeId, int>.Empty }),
            ["failures counted"] = s => EachSlot(s, t => t with { FailuresCounted = 0 }),
            ["move targets"] = s => EachSlot(s, t => t with { MoveTarget = null }),
            ["retired slots"] = s => s with { Slots = s.Slots.RemoveRange(s.Slots.Values.Where(t => t.IsRetired).Select(t => t.Id)) },
            ["voters"] = s => s with { Voters = [] },
            ["the last voter change"] = s => s with { VotersAt = LogIndex.None },
            ["identities"] = s => EachNode(s, n => n with { Identity = "" }),
            ["replaced identities"] = s => EachNode(s, n => n with { IsReplaced = false }),
            ["maintenance"] = s => s with { InMaintenance = false },
            ["the definition"] = s => s with { DefinitionText = "" },
            ["the version"] = s => s with { Version = LogIndex.None },
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static ClusterState EachNode(ClusterState state, Func<NodeState, NodeState> change) => state with
    {
        Nodes = state.Nodes.ToImmutableSortedDictionary(n => n.Key, n => change(n.Value)),
    };

    private static ClusterState EachSlot(ClusterState state, Func<SlotState, SlotState> change) => state with
    {
        Slots = state.Slots.ToImmutableSortedDictionary(s => s.Key, s => change(s.Value)),
    };
}

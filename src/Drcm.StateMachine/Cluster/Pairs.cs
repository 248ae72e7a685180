using System.Collections.Immutable;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.Solo;

namespace Drcm.StateMachine.Cluster;

/// <summary>Two voters without a witness: when either may go solo, and what a solo generation begins with (T5).</summary>
internal static class Pairs
{
    /// <summary>Whether one of the two may go solo by the voters that are in force.</summary>
    public static bool IsArmed(ClusterState state) => state.Pair is { } pair && pair.ArmedAt > LogIndex.None && pair.ArmedAt == state.VotersAt;

    /// <summary>The configuration wants two voters, no witness, and names an arbitrator.</summary>
    public static bool IsWanted(ClusterState state) =>
        state.Definition is { ArbitrationAddresses.IsEmpty: false } definition
        && definition.Nodes.Count(n => n.IsVoter) == 2
        && !definition.Nodes.Any(n => n.IsVoter && n.IsWitness);

    /// <summary>The first state of a generation: all that its owner's log says, and the owner as the only voter. Its version is one more, so that no
    /// index of the owner's means two things.</summary>
    public static ClusterState Begin(ClusterState state, Generation generation)
    {
        var first = new LogIndex(state.Version.Value + 1);
        return state with
        {
            Version = first,
            Voters = [generation.Owner],
            VotersAt = first,
            Pair = new PairState(generation, IsSolo: true, IsTold: false, LogIndex.None),
        };
    }

    public static Outcome Armed(ClusterState state, QuorumSoloArmed e)
    {
        if (e.After != state.VotersAt) return Outcome.None(state, $"it follows the voters of index {e.After}; those of index {state.VotersAt} are in force");
        if (IsArmed(state)) return Outcome.None(state, "either node may go solo already");
        if (state.Voters.Count != 2) return Outcome.None(state, $"{state.Voters.Count} nodes vote, not two");
        foreach (var voter in state.Voters)
        {
            if (state.Nodes.GetValueOrDefault(voter)?.Status != NodeStatus.Up || e.ReportedBy.IsDefault || !e.ReportedBy.Contains(voter))
                return Outcome.None(state, $"{voter} has not reported the voters of index {e.After}");
        }
        return Outcome.Effective(state with { Pair = (state.Pair ?? PairState.None) with { ArmedAt = e.After } });
    }

    /// <summary>From here on a change of voters waits until everybody has read of this (O11).</summary>
    public static Outcome Disarmed(ClusterState state, EventContext context) => IsArmed(state)
        ? Outcome.Effective(state with { VotersAt = context.Index, Pair = state.Pair! with { ArmedAt = LogIndex.None } })
        : Outcome.None(state, "neither node may go solo as it is");

    public static Outcome Entered(ClusterState state, QuorumSoloEntered e) => state.Pair is { IsSolo: true, IsTold: false } pair && pair.Generation.Owner == e.Node
        ? Outcome.Effective(state with { Pair = pair with { IsTold = true } })
        : Outcome.None(state, $"{e.Node} has not just begun a generation");

    public static Outcome Left(ClusterState state, QuorumSoloLeft e)
    {
        if (state.Pair is not { IsSolo: true } pair || pair.Generation.Owner != e.Node) return Outcome.None(state, $"{e.Node} is not solo");
        return IsArmed(state)
            ? Outcome.Effective(state with { Pair = pair with { IsSolo = false } })
            : Outcome.None(state, "the other node does not vote again, or has not read of it");
    }
}

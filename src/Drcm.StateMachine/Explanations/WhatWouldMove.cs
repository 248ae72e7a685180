using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;

namespace Drcm.StateMachine.Explanations;

/// <summary>What would move a slot: events, and commands of an operator.</summary>
internal static class WhatWouldMove
{
    public static IEnumerable<string> Of(ClusterState state, Board board, SlotTopology topology, SlotState slot)
    {
        if (state.InMaintenance) yield return "drcm maintenance off: then everything below counts again";
        foreach (var change in slot.Phase switch
        {
            SlotPhase.Unknown when slot.HeldIdentity.Length > 0 => Proof(state, slot),
            SlotPhase.Releasing => Proof(state, slot).Prepend($"the time of {slot.Owner} to be rid of it ends, {Words.Seconds(Wait(state, slot))} after its death"),
            SlotPhase.Free or SlotPhase.Unknown => Anybody(board, topology, slot),
            _ => Away(board, topology, slot),
        }) yield return change;
    }

    /// <summary>What shows that its owner does not run it.</summary>
    private static IEnumerable<string> Proof(ClusterState state, SlotState slot)
    {
        var owner = slot.Owner!.Value;
        if (state.Nodes.GetValueOrDefault(owner)?.Status == NodeStatus.Up)
        {
            yield return $"{owner} is booted anew, or it is stopped there by hand and drcmd on {owner} is restarted: then it reports what it finds";
            yield break;
        }
        yield return $"{owner} comes back and reports it stopped, or is booted anew";
        yield return $"{owner} is fenced: by its fence agent, or drcm node confirm-down {owner} once it is switched off";
    }

    private static TimeSpan Wait(ClusterState state, SlotState slot) => ReleaseRules.HoldBack(slot.ReleaseBudget, state.Definition!.Timing.StopBudget);

    /// <summary>It runs nowhere: each of its nodes is one way out.</summary>
    private static IEnumerable<string> Anybody(Board board, SlotTopology topology, SlotState slot)
    {
        if (topology.Candidates.Where(c => board.Of(c, topology, slot) == Fitness.Fit).Select(c => board.Id(c).Value).FirstOrDefault() is { } first)
            yield return $"{first} is the first that could take it";
        foreach (var candidate in topology.Candidates)
        {
            if (Remedy(board, topology, slot, candidate) is { } remedy) yield return remedy;
        }
    }

    private static IEnumerable<string> Away(Board board, SlotTopology topology, SlotState slot)
    {
        var owner = slot.Owner!.Value;
        if (slot.Phase == SlotPhase.Revoked) yield return $"{owner} reports it stopped: it is placed anew";
        var others = topology.Candidates.Where(c => board.Id(c) != owner).ToArray();
        var fit = others.Where(c => board.Of(c, topology, slot) == Fitness.Fit).Select(board.Id).ToArray();
        yield return fit.Length > 0
            ? $"{owner} goes down, stands by or fails it {Math.Max(1, topology.Resource.MigrationThreshold)} times: {fit[0]} takes it"
            : $"nobody else can take it now: if {owner} goes down it runs nowhere";
        if (fit.Length > 0) yield return $"drcm resource move {slot.Id} {string.Join('|', fit)}";
        if (topology.Resource.Failback is { Kind: FailbackKind.Delayed, Delay: var delay } && slot.MoveTarget is null && fit.Contains(slot.Id.Home))
            yield return $"{slot.Id.Home} has been up for {Words.Seconds(delay)}: it fails back";
        if (slot.MoveTarget is not null) yield return $"drcm resource move {slot.Id}: takes the operator's request back, and the rules place it again";
        foreach (var candidate in others)
        {
            if (Remedy(board, topology, slot, candidate) is { } remedy) yield return remedy + Then(topology, slot, board.Id(candidate));
        }
    }

    private static string Then(SlotTopology topology, SlotState slot, NodeId node) => node != slot.Id.Home ? "" : topology.Resource.Failback switch
    {
        { Kind: FailbackKind.Manual } => "; it stays all the same until an operator moves it (failback = manual)",
        { Kind: FailbackKind.Delayed, Delay: var delay } => $"; it fails back {Words.Seconds(delay)} later",
        _ => "; it fails back at once",
    };

    /// <summary>What would make a node fit; null: it is, or never will be.</summary>
    private static string? Remedy(Board board, SlotTopology topology, SlotState slot, int candidate)
    {
        var node = board.Id(candidate);
        return board.Of(candidate, topology, slot) switch
        {
            Fitness.Pending => $"{node} comes up for the first time",
            Fitness.Down => $"{node} comes back",
            Fitness.Standby => $"drcm node activate {node}",
            Fitness.Troubled => $"the trouble of {node} ends",
            Fitness.Leaving => $"the daemon of {node} is started again",
            Fitness.Failing => $"the failures of {node} are forgotten: ten minutes after the last one, or drcm resource clear {slot.Id}",
            Fitness.Inactive => $"{node} becomes active (node_is_active = 1, drcm config apply)",
            Fitness.Unstopped => $"{node} reports it stopped",
            Fitness.Fit or Fitness.NotConfigured or Fitness.Witness => null,
        };
    }
}

using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Explanations;

/// <summary>Why a slot is where it is.</summary>
internal static class WhySlot
{
    public static Explanation Of(ClusterState state, WhyFacts facts, SlotState slot, ImmutableArray<EventLine> chain)
    {
        var definition = state.Definition!;
        var topology = Topology.Of(definition).Slots.GetValueOrDefault(slot.Id);
        var board = new Board(state, facts.View ?? LeaderView.Blind);
        return new Explanation(
            slot.Id.ToString(),
            [.. Now(slot)],
            topology is null ? [] : [.. new SlotVerdicts(state, facts, board, topology, slot).All()],
            [.. Waits(state, facts, slot)],
            topology is null ? ["nothing: it has left the configuration, and goes away when it is stopped"] : [.. WhatWouldMove.Of(state, board, topology, slot)],
            chain);
    }

    private static IEnumerable<string> Now(SlotState slot)
    {
        yield return slot.Phase switch
        {
            SlotPhase.Free => $"{slot.Id} runs nowhere",
            SlotPhase.Assigned => $"{slot.Id} is to run on {slot.Owner}, which has not reported yet that it does",
            SlotPhase.Started => $"{slot.Id} runs on {slot.Owner}",
            SlotPhase.Revoked => $"{slot.Id} is being stopped on {slot.Owner}",
            SlotPhase.Unknown => $"nobody knows whether {slot.Id} still runs on {slot.Owner}",
            SlotPhase.Releasing => $"{slot.Owner} went down with {slot.Id} and has its time to be rid of it",
        };
        if (slot.IsRetired) yield return "it has left the configuration";
        if (slot.Reason.Length > 0) yield return slot.Reason;
        if (slot.LastFailure.Length > 0 && !slot.Reason.Contains(slot.LastFailure, StringComparison.Ordinal)) yield return $"last failure: {slot.LastFailure}";
        if (slot.MoveTarget is { } target && !slot.Reason.Contains("an operator wants", StringComparison.Ordinal)) yield return $"an operator wants it on {target}";
    }

    /// <summary>What the leader would say now: an event that it is about to propose, or its refusal.</summary>
    private static IEnumerable<string> Waits(ClusterState state, WhyFacts facts, SlotState slot)
    {
        if (!facts.HasQuorum) yield return "no majority of the voters is connected: nothing is started or moved until one is";
        if (facts.View is not { } view) yield break;
        var decision = Decider.Decide(state, new Observe(view));
        var own = decision.Events.Where(e => facts.IsLeading && EventSubject.SlotOf(e.Event) == slot.Id && e.Event is SlotAssigned or SlotRevoked or SlotReleased);
        foreach (var next in own) yield return $"next: {next.Reason}";
        var name = slot.Id.ToString();
        var isOf = (string refusal) => refusal.StartsWith($"{name} ", StringComparison.Ordinal) || refusal.Contains($" {name} ", StringComparison.Ordinal);
        foreach (var refusal in decision.Refusals.Where(isOf)) yield return refusal;
        if (state.InMaintenance) yield return "the cluster is in maintenance: nothing is started, moved or stopped";
    }
}

using System.Collections.Immutable;
using Drcm.Property.Tests.Decisions;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;

namespace Drcm.Property.Tests.Cluster;

/// <summary>Apply and Decide, each with one rule broken. The same checks that pass for the real ones must catch every one.</summary>
internal static class BrokenVariants
{
    /// <summary>Which property catches each.</summary>
    public static SortedDictionary<string, string> CaughtBy { get; } = new(StringComparer.Ordinal)
    {
        ["assigns before stopped"] = "NoStartBeforeStoppedDeathOrFencing",
        ["accepts a stale token"] = "ReportsAreExact",
        ["ignores the incarnation"] = "ReportsAreExact",
        ["takes evidence of any round"] = "DeathInTheCurrentRound",
        ["lets a minority kill"] = "DeathByMajority",
        ["node.down does not free"] = "OwnershipFollowsTheLog",
        ["node.down frees unknown slots"] = "OwnershipFollowsTheLog",
        ["node.down frees what takes its time"] = "OwnershipFollowsTheLog",
        ["ends a release at once"] = "NoTakeoverBeforeTheReleaseBudget",
        ["resource.failed frees"] = "OwnershipFollowsTheLog",
        ["assigns to the dead"] = "OwnerAlive",
        ["forgets physical identity"] = "AtMostOneOwnerPerResource",
        ["goes back to an older incarnation"] = "NewestIncarnationSpeaks",
        ["moves without cause"] = "NoMoveWithoutCause",
        ["places on home nodes alone"] = "EverySlotWithALivingEligibleNodeIsOwned",
        ["never counts a stop"] = "EverySlotWithALivingEligibleNodeIsOwned",
        ["counts by the definition"] = "DeathByMajority",
        ["changes two voters at once"] = "VotersChangeOneByOne",
        ["changes a voter before all have read of the last"] = "VoterChangeReadByAll",
        ["takes everybody for a reader of the last change"] = "VoterChangeReadByAll",
    };

    public static SortedDictionary<string, ApplyRule> OfApply { get; } = new(StringComparer.Ordinal)
    {
        ["assigns before stopped"] = Before(Frees<SlotAssigned>((slot, e) => slot.Id == e.Slot)),
        ["accepts a stale token"] = Rewriting((state, e) => e switch
        {
            ResourceStopped r when state.Slots.TryGetValue(r.Slot, out var s) => r with { Token = s.Token },
            _ => e,
        }),
        ["ignores the incarnation"] = Rewriting((state, e) => e switch
        {
            ResourceStopped r when Owner(state, r.Slot) is { } n => r with { Incarnation = n.Incarnation },
            _ => e,
        }),
        ["takes evidence of any round"] = Rewriting((state, e) =>
            e is NodeDown d && state.Nodes.TryGetValue(d.Node, out var n) ? d with { Round = n.Round } : e),
        ["lets a minority kill"] = Rewriting((state, e) =>
            e is NodeDown d ? d with { ExpiredBy = [.. state.Voters] } : e),
        ["node.down does not free"] = After<NodeDown>((before, after) => after with { Slots = before.Slots, Holders = before.Holders }),
        ["node.down frees unknown slots"] = Before((state, e) => e is NodeDown d
            ? Changed(state, s => s.Phase == SlotPhase.Unknown && s.Owner == d.Node, s => s with { Phase = SlotPhase.Started })
            : state),
        ["node.down frees what takes its time"] = Before((state, e) => e is NodeDown d
            ? Changed(state, s => s.Phase != SlotPhase.Unknown && s.Owner == d.Node, s => s with { ReleaseBudget = TimeSpan.Zero })
            : state),
        ["resource.failed frees"] = After<ResourceFailed>((before, after) =>
            Changed(after, s => before.Slots.TryGetValue(s.Id, out var b) && b.FailuresCounted != s.FailuresCounted, Freed)),
        ["assigns to the dead"] = Falsified<SlotAssigned>(s => s with
        {
            Nodes = s.Nodes.ToImmutableSortedDictionary(n => n.Key, n => n.Value with { Status = NodeStatus.Up }),
        }),
        ["forgets physical identity"] = Falsified<SlotAssigned>(s => s with { Holders = s.Holders.Clear() }),
        ["goes back to an older incarnation"] = Before((state, e) =>
            e is NodeStarted n && state.Nodes.TryGetValue(n.Node, out var node)
                ? state with { Nodes = state.Nodes.SetItem(n.Node, node with { Incarnation = new Incarnation(n.Incarnation.Value - 1) }) }
                : state),
        ["counts by the definition"] = CountingByTheDefinition,
        ["changes two voters at once"] = Rewriting((state, e) => e switch
        {
            VoterAdded v => v with { After = state.VotersAt },
            VoterRemoved v => v with { After = state.VotersAt },
            _ => e,
        }),
        ["changes a voter before all have read of the last"] = Rewriting((state, e) => e switch
        {
            VoterAdded v => v with { ReportedBy = [.. state.Nodes.Keys] },
            VoterRemoved v => v with { ReportedBy = [.. state.Nodes.Keys] },
            _ => e,
        }),
    };

    public static SortedDictionary<string, DecideRule> OfDecide { get; } = new(StringComparer.Ordinal)
    {
        ["moves without cause"] = (state, command) =>
        {
            var decision = Decider.Decide(state, command);
            var victim = state.Slots.Values.FirstOrDefault(s => s.Phase == SlotPhase.Started && s.Owner == s.Id.Home);
            return command is Observe && victim is not null
                ? decision with { Events = decision.Events.Add(new(new SlotRevoked(victim.Id, victim.Token), "for fun")) }
                : decision;
        },
        ["places on home nodes alone"] = (state, command) =>
        {
            var decision = Decider.Decide(state, command);
            return decision with { Events = decision.Events.RemoveAll(e => e.Event is SlotAssigned a && a.Node != a.Slot.Home) };
        },
        ["never counts a stop"] = (state, command) =>
        {
            var decision = Decider.Decide(state, command);
            return decision with { Events = decision.Events.RemoveAll(e => e.Event is ResourceStopped or SlotAssigned { Node.Value: "n1" }) };
        },
        ["ends a release at once"] = (state, command) => Decider.Decide(
            state,
            command is Observe o
                ? new Observe(o.View with { ReleasingFor = o.View.ReleasingFor.ToImmutableSortedDictionary(r => r.Key, _ => TimeSpan.FromHours(1)) })
                : command),
        ["takes everybody for a reader of the last change"] = (state, command) => Decider.Decide(
            state,
            command is Observe o
                ? new Observe(o.View with { Reports = o.View.Reports.ToImmutableSortedDictionary(r => r.Key, r => Flattered(r.Value, state)) })
                : command),
    };

    private static HeardReport Flattered(HeardReport heard, ClusterState state) =>
        heard with { Report = heard.Report with { Applied = state.Version } };

    /// <summary>A majority of the voters that the definition wants is enough for a death.</summary>
    private static Applied CountingByTheDefinition(ClusterState state, LogIndex index, EventBatch batch) =>
        OneByOne(state, index, batch, (s, one) =>
        {
            var applied = Transition.Apply(s, index, one);
            if (one.Events[0].Event is not NodeDown || s.Definition is null || applied.Events[0].IsEffective) return applied;
            applied = Transition.Apply(s with { Voters = Topology.Of(s.Definition).WantedVoters }, index, one);
            return applied with { State = applied.State with { Voters = s.Voters } };
        });

    private static ApplyRule Rewriting(Func<ClusterState, ClusterEvent, ClusterEvent> rewrite) => (state, index, batch) =>
        OneByOne(state, index, batch, (s, one) => Transition.Apply(s, index, one with
        {
            Events = [one.Events[0] with { Event = rewrite(s, one.Events[0].Event) }],
        }));

    private static ApplyRule Before(Func<ClusterState, ClusterEvent, ClusterState> change) => (state, index, batch) =>
        OneByOne(state, index, batch, (s, one) => Transition.Apply(change(s, one.Events[0].Event), index, one));

    private static ApplyRule After<T>(Func<ClusterState, ClusterState, ClusterState> change) => (state, index, batch) =>
        OneByOne(state, index, batch, (s, one) =>
        {
            var applied = Transition.Apply(s, index, one);
            return one.Events[0].Event is T && applied.Events[0].IsEffective
                ? applied with { State = change(s, applied.State) }
                : applied;
        });

    /// <summary>The rule sees falsified nodes or holders; both are put back.</summary>
    private static ApplyRule Falsified<T>(Func<ClusterState, ClusterState> falsify) => (state, index, batch) =>
        OneByOne(state, index, batch, (s, one) =>
        {
            if (one.Events[0].Event is not T) return Transition.Apply(s, index, one);
            var applied = Transition.Apply(falsify(s), index, one);
            var holders = s.Holders.SetItems(applied.State.Holders);
            return applied with { State = applied.State with { Nodes = s.Nodes, Holders = holders } };
        });

    /// <summary>Each event as a batch of its own, under the same index.</summary>
    private static Applied OneByOne(
        ClusterState state, LogIndex index, EventBatch batch, Func<ClusterState, EventBatch, Applied> apply)
    {
        var events = ImmutableArray.CreateBuilder<AppliedEvent>();
        var version = state.Version;
        foreach (var entry in batch.Events)
        {
            var applied = apply(state with { Version = version }, batch with { Events = [entry] });
            state = applied.State;
            events.AddRange(applied.Events);
        }
        return new Applied(state with { Version = index }, events.ToImmutable());
    }

    private static Func<ClusterState, ClusterEvent, ClusterState> Frees<T>(Func<SlotState, T, bool> which) where T : ClusterEvent =>
        (state, e) => e is T t ? Changed(state, s => which(s, t), Freed) : state;

    private static ClusterState Changed(ClusterState state, Func<SlotState, bool> which, Func<SlotState, SlotState> change) =>
        SlotChanges.PutAll(state, state.Slots.Values.Where(which).Select(change).ToArray());

    private static SlotState Freed(SlotState slot) => SlotChanges.Freed(slot, new EventContext(default, default, "broken"));

    private static NodeState? Owner(ClusterState state, SlotId slot) =>
        state.Slots.TryGetValue(slot, out var s) && s.Owner is { } owner ? state.Nodes.GetValueOrDefault(owner) : null;
}

using System.Collections.Immutable;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Cluster;

/// <summary>What the log remembers of the runs of one crontab's slot.</summary>
/// <param name="ReleasedAt">Wall clock, by the proposer: nobody ran it from then on until its next owner installed it. Told to people, never compared with
/// a lease; default: it never had an owner.</param>
/// <param name="MissedAt">Newest token whose missed runs were told.</param>
/// <param name="InterruptedAt">Newest token whose runs in progress were told.</param>
public sealed record CrontabRecord(DateTimeOffset ReleasedAt, LogIndex MissedAt, LogIndex InterruptedAt)
{
    /// <summary>Newest token of which it was told what came of making up for missed runs.</summary>
    public LogIndex CaughtUpAt { get; init; }
}

/// <summary>Runs of crontabs that were missed, or in progress when their node lost them: each told once for each token.</summary>
internal static class CrontabRecords
{
    /// <summary>A slot changes: notes when a crontab lost its owner, and forgets what has left.</summary>
    /// <param name="state">With the owner's node as it is by now.</param>
    public static ClusterState Note(ClusterState state, SlotState? before, SlotState after, bool isGone)
    {
        if (after.Id.Resource.Kind != ResourceKind.Cron) return state;
        if (isGone) return state with { Crontabs = state.Crontabs.Remove(after.Id) };
        if (before?.Owner is not { } owner || after.Owner is not null) return state;
        var record = Of(state, after.Id) with { ReleasedAt = Earlier(after.Since, LeaseOver(state, owner)) };
        return state with { Crontabs = state.Crontabs.SetItem(after.Id, record) };
    }

    public static CrontabRecord Of(ClusterState state, SlotId slot) =>
        state.Crontabs.GetValueOrDefault(slot) ?? new CrontabRecord(default, LogIndex.None, LogIndex.None);

    public static Outcome Missed(ClusterState state, CronMissed e)
    {
        if (ResourceReports.WhyStale(state, e.Slot, e.Token, e.Incarnation, out _) is { } why) return Outcome.None(state, why);
        var record = Of(state, e.Slot);
        if (record.MissedAt == e.Token) return Outcome.None(state, $"the missed runs of {e.Slot} are told already");
        return Outcome.Effective(state with { Crontabs = state.Crontabs.SetItem(e.Slot, record with { MissedAt = e.Token }) });
    }

    /// <summary>Told by a node that no longer owns it.</summary>
    public static Outcome Interrupted(ClusterState state, CronInterrupted e) =>
        Told(state, e.Slot, e.Token, Of(state, e.Slot).InterruptedAt, record => record with { InterruptedAt = e.Token });

    /// <summary>Told when the last of the runs has ended: by then somebody else may own it.</summary>
    public static Outcome CaughtUp(ClusterState state, CronCaughtUp e) =>
        Told(state, e.Slot, e.Token, Of(state, e.Slot).CaughtUpAt, record => record with { CaughtUpAt = e.Token });

    private static Outcome Told(ClusterState state, SlotId id, LogIndex token, LogIndex last, Func<CrontabRecord, CrontabRecord> tell)
    {
        if (!state.Slots.TryGetValue(id, out var slot)) return Outcome.None(state, $"{id} is not a slot of this cluster");
        if (id.Resource.Kind != ResourceKind.Cron) return Outcome.None(state, $"{id} is no crontab");
        return token > slot.Token || token <= last
            ? Outcome.None(state, $"token {token} of {id} is not newer than the last one told, {last}")
            : Outcome.Effective(state with { Crontabs = state.Crontabs.SetItem(id, tell(Of(state, id))) });
    }

    /// <summary>Total, also for the time that a provisional decision has not got.</summary>
    private static DateTimeOffset Earlier(DateTimeOffset time, TimeSpan span) => time.UtcTicks > span.Ticks ? time - span : default;

    /// <summary>A death is committed no sooner than that after the end of the lease (docs/timing.md): no job began in it.</summary>
    private static TimeSpan LeaseOver(ClusterState state, NodeId owner) =>
        state.Nodes.GetValueOrDefault(owner)?.Status == NodeStatus.Down && state.Definition is { } definition
            ? definition.Timing.StopBudget
            : TimeSpan.Zero;
}

using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.StateMachine.Reconciliation;

/// <content>What is remembered and reported per slot.</content>
public sealed partial class Reconciler
{
    /// <summary>Under the newest token seen. A newer token begins a new record.</summary>
    private sealed class SlotRecord(SlotId slot, LogIndex token)
    {
        public SlotId Slot { get; } = slot;

        public LogIndex Token { get; } = token;

        /// <summary>Nothing runs under this token, and never will (O10).</summary>
        public bool IsFinished { get; set; }

        public int Failures { get; set; }

        public string Detail { get; set; } = "";

        /// <summary>The newest failure was one.</summary>
        public bool IsConflict { get; set; }
    }

    private SlotRecord Record(SlotState slot)
    {
        if (_slots.TryGetValue(slot.Id, out var record) && record.Token == slot.Token) return record;
        return _slots[slot.Id] = new SlotRecord(slot.Id, slot.Token);
    }

    private bool IsFinished(SlotState slot) => Record(slot).IsFinished;

    /// <summary>A revoked slot is finished when its resource is gone, or runs on for another slot (an absorbed one).</summary>
    private void FinishRevoked(ReconcilerInput input, SortedDictionary<ResourceId, SlotState> wanted)
    {
        if (!IsIntroduced(input.State)) return;
        foreach (var slot in input.State.Slots.Values)
        {
            if (slot.Owner != _self || slot.Phase is not (SlotPhase.Revoked or SlotPhase.Unknown or SlotPhase.Releasing)) continue;
            var isGone = !_resources.TryGetValue(slot.Id.Resource, out var resource) || !resource.MayBeHere;
            if (isGone || wanted.ContainsKey(slot.Id.Resource) || !_rules.ReportsAfterStop) Record(slot).IsFinished = true;
        }
    }

    private void Report(ClusterState state)
    {
        var reports = System.Collections.Immutable.ImmutableArray.CreateBuilder<SlotReport>();
        foreach (var slot in state.Slots.Values)
        {
            if (slot.Owner != _self) continue;
            var record = Record(slot);
            reports.Add(new SlotReport(slot.Id, slot.Token, PhaseOf(slot, record), record.Failures, record.Detail) { IsConflict = record.IsConflict });
        }
        Reports = reports.ToImmutable();
    }

    private RunPhase PhaseOf(SlotState slot, SlotRecord record)
    {
        if (record.IsFinished) return RunPhase.Stopped;
        if (!_resources.TryGetValue(slot.Id.Resource, out var resource)) return RunPhase.Starting;
        return resource.Phase switch
        {
            LocalPhase.Running => IsToStop(slot) ? RunPhase.Stopping : RunPhase.Started,
            LocalPhase.Stopping => RunPhase.Stopping,
            // What could not be stopped ran under an older token; this one waits for it and has not begun.
            LocalPhase.Unknown when resource.Token < record.Token && !IsToStop(slot) => RunPhase.Starting,
            LocalPhase.Unknown => RunPhase.Unknown,
            LocalPhase.Absent or LocalPhase.Starting => IsToStop(slot) ? RunPhase.Stopping : RunPhase.Starting,
        };
    }

    private static bool IsToStop(SlotState slot) => slot.Phase is SlotPhase.Revoked or SlotPhase.Releasing;
}

using Drcm.StateMachine.Cluster;

namespace Drcm.StateMachine.Audit;

/// <content>Going on from a snapshot.</content>
public sealed partial class AuditTrail
{
    /// <summary>The times are those that the state tells: of the newest change of each slot and node.</summary>
    private void Reconcile(OpenRows known, IAuditRows rows)
    {
        var now = new AuditMoment(State.Version, NewestTime(State));
        var expected = OpenRows.Of(State);
        foreach (var (slot, row) in known.Ownership)
        {
            if (!expected.Ownership.TryGetValue(slot, out var live) || live.Token != row.Token)
                rows.OwnershipEnded(slot, row.Token, At(slot, now), AuditCause.Gap);
        }
        foreach (var (id, live) in expected.Ownership)
        {
            var slot = State.Slots[id];
            var stored = known.Ownership.GetValueOrDefault(id);
            if (stored?.Token != live.Token)
            {
                var kind = live.Owner == id.Home ? OwnershipKind.Start : OwnershipKind.Takeover;
                _newestOwners[id] = live.Owner;
                rows.OwnershipBegan(id, live.Token, live.Owner, slot.Since, kind, AuditCause.Gap, slot.Reason);
                stored = null;
            }
            if (live.IsStarted && stored is not { IsStarted: true }) rows.OwnershipStarted(id, live.Token, At(id, now));
        }
        foreach (var slot in known.Outages.Keys.Except(expected.Outages.Keys).ToArray())
            EndOutage(slot, At(slot, now), State.Slots.GetValueOrDefault(slot)?.Owner, rows);
        foreach (var slot in expected.Outages.Keys.Except(known.Outages.Keys))
            BeginOutage(slot, At(slot, now), AuditCause.Gap, State.Slots[slot].Reason, rows);
        foreach (var gone in known.Nodes.Keys.Except(expected.Nodes.Keys)) End(gone, now, rows);
        foreach (var node in State.Nodes.Values)
        {
            if (known.Nodes.TryGetValue(node.Id, out var row) && row.Status == node.Status && row.Standby == node.Standby) continue;
            Change(node, now with { At = node.Since == default ? now.At : node.Since }, node.Reason, rows);
        }
    }

    /// <summary>When the slot changed last, as the state tells it.</summary>
    private AuditMoment At(SlotId slot, AuditMoment now) =>
        State.Slots.TryGetValue(slot, out var state) && state.Since != default ? now with { At = state.Since } : now;

    private static DateTimeOffset NewestTime(ClusterState state) =>
        state.Nodes.Values.Select(n => n.Since).Concat(state.Slots.Values.Select(s => s.Since)).DefaultIfEmpty(DateTimeOffset.UnixEpoch).Max();
}

using System.Diagnostics.Metrics;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;

namespace Drcm.Node.Metrics;

/// <content>Slots: who owns what.</content>
internal sealed partial class NodeGauges
{
    /// <summary>These have a series for each slot.</summary>
    public static bool IsOfEachSlot(string name) => name is "drcm_slot_owner" or "drcm_slot_started" or "drcm_slot_at_home" or "drcm_slot_failures";

    private void AddResources()
    {
        Gauges("drcm_slots", "", "Slots of the cluster in each phase.", f =>
            Enum.GetValues<SlotPhase>().Select(phase => Of(f.Seen.State.Slots.Values.Count(s => s.Phase == phase && !s.IsRetired), "phase", NodeMeters.Word(phase))));
        Gauges("drcm_slot_owner", "", "1 with the node that owns the slot as a label; a slot that nobody owns is left out.", f => f.Seen.State.Slots.Values
            .Where(s => s.Owner is not null).Select(s => Of(1, Label("slot", s.Id.ToString()), Label("kind", s.Id.Resource.Kind.Word()), Label("node", s.Owner!.Value.Value))));
        Gauges("drcm_slot_started", "", "1: an owner runs the slot, by the log.", f => Slots(f, s => Bit(s.Phase == SlotPhase.Started)));
        Gauges("drcm_slot_at_home", "", "1: the slot is owned by its home node.", f => Slots(f, s => Bit(s.Owner == s.Id.Home)));
        Gauges("drcm_slot_failures", "", "Failures that count against the nodes of the slot now.", f => Slots(f, s => s.Failures.Values.Sum()));
    }

    private static IEnumerable<Measurement<double>> Slots(NodeFigures f, Func<SlotState, double> value) => f.Seen.State.Slots.Values
        .Where(s => !s.IsRetired).Select(s => Of(value(s), Label("slot", s.Id.ToString()), Label("kind", s.Id.Resource.Kind.Word())));
}

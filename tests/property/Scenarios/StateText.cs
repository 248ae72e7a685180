using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.Property.Tests.Scenarios;

/// <summary>State as it stands in a story.</summary>
internal static class StateText
{
    public static string Of(NodeState node)
    {
        var standby = node.Standby == StandbyKind.None ? "" : $", standby by {node.Standby.ToString().ToLowerInvariant()}";
        return $"node {node.Id} {node.Status.ToString().ToLowerInvariant()}{standby}";
    }

    public static string Of(SlotState slot)
    {
        var owner = slot.Owner is { } node ? $" on {node}" : "";
        var target = slot.MoveTarget is { } wanted ? $", wanted on {wanted}" : "";
        var retired = slot.IsRetired ? ", retired" : "";
        var failures = slot.Failures.IsEmpty ? "" : $", failures {string.Join(' ', slot.Failures.Select(f => $"{f.Key}={f.Value}"))}";
        return $"slot {slot.Id} {slot.Phase.ToString().ToLowerInvariant()}{owner}{target}{retired}{failures}";
    }
}

using Drcm.Cli.Connection;
using Drcm.StateMachine;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;

namespace Drcm.Cli.Events;

/// <summary>Whether what is asked for can exist, with the nearest name when it cannot.</summary>
internal static class EventNamesKnown
{
    /// <exception cref="ControlException">No event has that name, and no family of events.</exception>
    public static void CheckType(string? type)
    {
        if (type is null) return;
        string[] names = [.. EventNames.All.Select(e => e.Name), EventLines.GapName];
        string[] families = [.. names.Select(n => n[..n.IndexOf('.')]).Distinct(StringComparer.Ordinal)];
        if (names.Contains(type) || families.Contains(type)) return;
        throw new ControlException($"there is no event {type}", Nearest.To(type, [.. names, .. families]) is { } near
            ? $"did you mean {near}?"
            : $"families are {string.Join(", ", families)}; docs/events.md lists all", ExitCodes.Usage);
    }

    /// <summary>Against the cluster as it is now: what has left it may still have events.</summary>
    /// <returns>Null: both are known, or not asked for.</returns>
    public static ControlException? Unknown(ControlRequest request, ClusterStatus status)
    {
        if (request.Node is { } node && status.Nodes.All(n => n.Name != node))
            return new($"the cluster has no node {node}", Nearest.Remedy(node, [.. status.Nodes.Select(n => n.Name)]), ExitCodes.Usage);
        if (request.Resource is not { } resource) return null;
        string[] resources = [.. status.Slots.Select(s => $"{s.Kind}:{s.Nickname}").Distinct(StringComparer.Ordinal)];
        string[] names = [.. resources, .. status.Slots.Select(s => s.Nickname), .. status.Slots.Select(s => s.Slot)];
        if (names.Contains(resource)) return null;
        return new($"the cluster has no resource {resource}", Nearest.To(resource, names) is { } near ? $"did you mean {near}?" : Nearest.Remedy(resource, resources), ExitCodes.Usage);
    }
}

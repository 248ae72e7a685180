using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration;

/// <summary>What a new definition changes, in sentences for the operator who applies it; and what cannot change while the cluster runs.</summary>
public static class DefinitionChanges
{
    /// <summary>Null: it can be applied to a running cluster.</summary>
    public static string? WhyNotWhileRunning(ClusterDefinition from, ClusterDefinition to)
    {
        if (from.UdpPort != to.UdpPort || from.TcpPort != to.TcpPort)
            return $"udpport and tcpport stay {from.UdpPort} and {from.TcpPort} while the cluster runs; leave them as they are";
        foreach (var node in to.Nodes)
        {
            if (from.Nodes.FirstOrDefault(n => n.Id == node.Id) is { } before && !before.KeepAliveAddresses.SequenceEqual(node.KeepAliveAddresses))
            {
                return $"the keep_alive_ip of {node.Id} cannot change from {string.Join(", ", before.KeepAliveAddresses)} to "
                    + $"{string.Join(", ", node.KeepAliveAddresses)} while it is in the cluster; apply a file without {node.Id} first, then this one";
            }
        }
        return null;
    }

    /// <summary>One line for each change, in the order of the file; empty: the same meaning.</summary>
    public static ImmutableArray<string> Between(ClusterDefinition from, ClusterDefinition to) =>
    [
        .. Nodes(from, to), .. Resources(from, to), .. Listings(from, to), .. Timing(from, to),
    ];

    private static IEnumerable<string> Nodes(ClusterDefinition from, ClusterDefinition to)
    {
        foreach (var node in to.Nodes)
        {
            var before = from.Nodes.FirstOrDefault(n => n.Id == node.Id);
            if (before is null) yield return $"+ node {node.Id} ({Role(node)})";
            else if (Role(before) != Role(node)) yield return $"~ node {node.Id}: {Role(before)} -> {Role(node)}";
            else if (before.Hostname != node.Hostname) yield return $"~ node {node.Id}: hostname {before.Hostname} -> {node.Hostname}";
        }
        foreach (var node in from.Nodes.Where(n => to.Nodes.All(t => t.Id != n.Id)))
            yield return $"- node {node.Id}: it stops what it has, then leaves";
    }

    private static IEnumerable<string> Resources(ClusterDefinition from, ClusterDefinition to)
    {
        foreach (var resource in to.Resources)
        {
            var before = from.Resources.FirstOrDefault(r => r.Id == resource.Id);
            if (before is null) yield return $"+ {resource.Id}";
            else if (before != resource) yield return $"~ {resource.Id}";
        }
        foreach (var resource in from.Resources.Where(r => to.Resources.All(t => t.Id != r.Id)))
            yield return $"- {resource.Id}: stopped, then gone";
    }

    private static IEnumerable<string> Listings(ClusterDefinition from, ClusterDefinition to)
    {
        foreach (var node in to.Nodes)
        {
            if (from.Nodes.FirstOrDefault(n => n.Id == node.Id) is not { } before) continue;
            foreach (var added in node.HomeResources.Except(before.HomeResources)) yield return $"+ {added}@{node.Id}";
            foreach (var gone in before.HomeResources.Except(node.HomeResources)) yield return $"- {gone}@{node.Id}";
            foreach (var added in node.Backups.Except(before.Backups)) yield return $"+ {node.Id} as a backup of {added}";
            foreach (var gone in before.Backups.Except(node.Backups)) yield return $"- {node.Id} as a backup of {gone}";
            if (!Settings(before).Equals(Settings(node)) || !Checks(before).SequenceEqual(Checks(node)))
                yield return $"~ node {node.Id}: keep_* or *_check";
            if (before.Fence?.Text != node.Fence?.Text)
                yield return $"~ node {node.Id}: fence {before.Fence?.Agent ?? "none"} -> {node.Fence?.Agent ?? "none"}{(before.Fence?.Agent == node.Fence?.Agent ? " with other options" : "")}";
        }
        if (!from.Nodes.Where(n => to.Nodes.Any(t => t.Id == n.Id)).Select(n => n.Id)
            .SequenceEqual(to.Nodes.Where(n => from.Nodes.Any(f => f.Id == n.Id)).Select(n => n.Id))) yield return "~ order of the nodes, and so of backups";
    }

    private static IEnumerable<string> Timing(ClusterDefinition from, ClusterDefinition to)
    {
        if (from.Failback != to.Failback) yield return "~ failback";
        if (!from.ArbitrationAddresses.SequenceEqual(to.ArbitrationAddresses))
            yield return $"~ arbitration_ip: {Listed(from)} -> {Listed(to)}";
        if (from.SelfFence != to.SelfFence)
            yield return $"~ self_fence: {from.SelfFence.ToString().ToLowerInvariant()} -> {to.SelfFence.ToString().ToLowerInvariant()}; for each slot from its next start on";
        if (from.Timing == to.Timing) yield break;
        var isInSteps = from.Timing.Lease != to.Timing.Lease || from.Timing.DeadAfter != to.Timing.DeadAfter;
        yield return $"~ timing: dead after {Ms(from.Timing.DeadAfter)} -> {Ms(to.Timing.DeadAfter)}, lease {Ms(from.Timing.Lease)} -> {Ms(to.Timing.Lease)}"
            + (isInSteps ? "; the new ones count when every node that is up has read of them" : "");
        if (from.Timing.ElectionTimeout != to.Timing.ElectionTimeout)
            yield return $"~ election timeout {Ms(from.Timing.ElectionTimeout)} -> {Ms(to.Timing.ElectionTimeout)}: from the next start of each drcmd on";
    }

    private static string Listed(ClusterDefinition definition) =>
        definition.ArbitrationAddresses.IsEmpty ? "none" : string.Join(", ", definition.ArbitrationAddresses);

    private static string Role(NodeDefinition node) =>
        !node.IsActive ? "inactive" : node.IsWitness ? "witness" : node.IsVoter ? "voter" : "no voter";

    private static (bool, bool, bool) Settings(NodeDefinition node) => (node.KeepServices, node.KeepFilesystems, node.KeepApplications);

    private static IEnumerable<KeyValuePair<ResourceKind, TimeSpan>> Checks(NodeDefinition node) => node.CheckIntervals;

    private static string Ms(TimeSpan time) => $"{time.TotalMilliseconds:0} ms";
}

using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;

namespace Drcm.StateMachine.Control;

/// <summary>Renders a projection and one node's own knowledge as <see cref="ClusterStatus"/>.</summary>
public static class StatusView
{
    public static ClusterStatus Of(ClusterState state, StatusFacts facts)
    {
        var definition = state.Definition;
        var cluster = new ClusterLine(
            facts.Node.Value,
            facts.Version,
            facts.HasQuorum,
            facts.Leader?.Value,
            facts.Term.Value,
            facts.LeaderChanges,
            state.Version.Value,
            facts.StateDigest,
            facts.ClusterConfigDigest is { } digest ? digest == facts.ConfigDigest : null,
            state.InMaintenance,
            Math.Max(0, Math.Round(facts.LeaseRemaining.TotalMilliseconds, 1)),
            definition?.Timing.DeadAfter.TotalMilliseconds ?? 0);
        var listed = definition?.Nodes ?? [];
        return new ClusterStatus(
            facts.At,
            cluster,
            [.. listed.Select(node => Line(node, state.Nodes.GetValueOrDefault(node.Id), facts))],
            Slots(state, definition),
            facts.Counters);
    }

    private static NodeLine Line(NodeDefinition node, NodeState? state, StatusFacts facts)
    {
        var heard = node.Id == facts.Node ? null : facts.Heard.GetValueOrDefault(node.Id);
        return new NodeLine(
            node.Id.Value,
            node.Hostname,
            node.KeepAliveAddresses.IsDefaultOrEmpty ? "" : node.KeepAliveAddresses[0],
            state?.Status ?? NodeStatus.Pending,
            state?.Standby ?? Events.StandbyKind.None,
            node.IsActive,
            node.IsWitness,
            node.IsVoter,
            state is null ? null : Stamp(state.Since),
            state?.Reason ?? "",
            state?.Incarnation.Value ?? 0,
            state?.Epoch.Value ?? 0,
            heard is null ? null : Math.Round(heard.Ago.TotalMilliseconds, 1),
            heard?.Applied.Value,
            heard is null ? null : heard.ConfigDigest == facts.ConfigDigest);
    }

    /// <summary>In file order of the home nodes, then in start order: as a reader of cm.cfg expects them.</summary>
    private static ImmutableArray<SlotLine> Slots(ClusterState state, ClusterDefinition? definition)
    {
        var nodes = definition?.Nodes ?? [];
        var place = nodes.Select((node, index) => (node.Id, index)).ToImmutableSortedDictionary(n => n.Id, n => n.index);
        var resources = (definition?.Resources ?? []).ToImmutableSortedDictionary(r => r.Id, r => r);
        var backups = nodes
            .SelectMany(node => node.Backups.Select(slot => (slot, node.Id)))
            .ToLookup(pair => pair.slot, pair => pair.Id.Value);
        return
        [
            .. state.Slots.Values
                .OrderBy(slot => place.GetValueOrDefault(slot.Id.Home, int.MaxValue))
                .ThenBy(slot => slot.Id)
                .Select(slot => Line(slot, resources.GetValueOrDefault(slot.Id.Resource), [.. backups[slot.Id]])),
        ];
    }

    private static SlotLine Line(SlotState slot, ResourceDefinition? resource, ImmutableArray<string> backups) => new(
        slot.Id.ToString(),
        slot.Id.Resource.Kind.Word(),
        slot.Id.Resource.Nickname,
        slot.Id.Home.Value,
        slot.Owner?.Value,
        slot.Phase,
        slot.Token.Value,
        Stamp(slot.Since),
        slot.Reason,
        [.. slot.Failures.Where(f => f.Value > 0).Select(f => new FailureLine(f.Key.Value, f.Value))],
        slot.LastFailure,
        resource?.IsExclusive ?? slot.Id.Resource.Kind is ResourceKind.Ip or ResourceKind.Cron,
        slot.IsRetired,
        slot.MoveTarget?.Value,
        backups,
        resource is null ? "no longer in the configuration" : Describe(resource));

    private static string Describe(ResourceDefinition resource) => resource switch
    {
        CrontabDefinition r => $"{r.InstallLocation.TrimEnd('/')}/{r.TemplateFile[(r.TemplateFile.LastIndexOf('/') + 1)..]}",
        IpAddressDefinition r => $"{r.Interface} {r.Address}/{r.Netmask}",
        ServiceDefinition r => r.ServiceName,
        ApplicationDefinition r => $"{r.User}:{r.Group} {(r.EnsureScript.Length > 0 ? r.EnsureScript : r.StartProgram)}",
        FilesystemDefinition r => $"{r.Source} {r.Target}",
        _ => throw new System.Diagnostics.UnreachableException(resource.GetType().Name),
    };

    private static DateTimeOffset? Stamp(DateTimeOffset at) => at == default ? null : at;
}

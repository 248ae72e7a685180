using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Drcm.Consensus;
using Drcm.Node.Startup;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;

namespace Drcm.Node.Observation;

/// <summary>A node's view of the cluster as the control protocol shows it.</summary>
internal static class StatusReport
{
    public static ClusterStatus Of(
        NodeIdentity identity, NodeSnapshot seen, Leadership leadership, long leaderChanges, ImmutableArray<CounterLine> counters)
    {
        var definition = seen.State.Definition ?? identity.Definition;
        var deadAfter = definition.Timing.DeadAfter;
        return new ClusterStatus(
            TimeProvider.System.GetUtcNow(),
            new ClusterLine(
                identity.Id.Value,
                ProductVersion.Text,
                HasQuorum(identity, seen, definition, leadership),
                leadership.Leader,
                leadership.Term,
                leaderChanges,
                seen.State.Version.Value,
                StateDigest.Of(seen.State),
                seen.State.Definition is null ? null : ConfigDigest.OfText(seen.State.DefinitionText) == seen.OwnConfigDigest,
                seen.State.InMaintenance,
                Math.Round(seen.LeaseRemaining.TotalMilliseconds, 1),
                deadAfter.TotalMilliseconds),
            [.. definition.Nodes.Select(n => Node(identity, seen, n))],
            [.. seen.State.Slots.Values.Select(s => Slot(definition, s))],
            counters);
    }

    public static RefusedLine Refused(NodeIdentity identity, IPAddress address, string reason, TimeSpan ago)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var node = identity.Definition.Nodes.FirstOrDefault(n => n.KeepAliveAddresses.Any(a => IPAddress.Parse(a).Equals(plain)));
        return new RefusedLine(plain.ToString(), node?.Id.Value, reason, Math.Round(ago.TotalMilliseconds, 1));
    }

    public static string Word(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    public static ImmutableSortedSet<NodeId> VotersOf(NodeSnapshot seen, ClusterDefinition definition) =>
        seen.State.Voters.IsEmpty ? Topology.Of(definition).WantedVoters : seen.State.Voters;

    /// <summary>How many of the voters are heard, this node included.</summary>
    public static int ConnectedOf(NodeIdentity identity, NodeSnapshot seen, ClusterDefinition definition, ImmutableSortedSet<NodeId> voters) =>
        voters.Count(v => v == identity.Id || (seen.Heard.TryGetValue(v, out var heard) && heard.Ago < definition.Timing.DeadAfter));

    public static bool HasQuorum(NodeIdentity identity, NodeSnapshot seen, ClusterDefinition definition, Leadership leadership)
    {
        var voters = VotersOf(seen, definition);
        var connected = ConnectedOf(identity, seen, definition, voters);
        // A large cluster's learners hear no keep-alives of voters, only their answers: a lease is made of a majority of those.
        return leadership.Leader is not null && (connected * 2 > voters.Count || seen.LeaseRemaining > TimeSpan.Zero);
    }

    private static NodeLine Node(NodeIdentity identity, NodeSnapshot seen, NodeDefinition node)
    {
        var state = seen.State.Nodes.GetValueOrDefault(node.Id);
        var isSelf = node.Id == identity.Id;
        var heard = isSelf ? null : seen.Heard.GetValueOrDefault(node.Id);
        return new NodeLine(
            node.Id.Value,
            node.Hostname,
            node.KeepAliveAddresses[0],
            state?.Status ?? NodeStatus.Pending,
            state?.Standby ?? StandbyKind.None,
            node.IsActive,
            node.IsWitness,
            seen.State.Voters.IsEmpty ? node.IsVoter : seen.State.Voters.Contains(node.Id),
            state is null || state.Since == default ? null : state.Since,
            state?.Reason ?? "",
            state?.Incarnation.Value ?? 0,
            state?.Epoch.Value ?? 0,
            heard is null ? null : Math.Round(heard.Ago.TotalMilliseconds, 1),
            isSelf ? seen.State.Version.Value : heard?.Report.Applied.Value,
            Matches(seen, isSelf ? seen.OwnConfigDigest : heard?.Report.ConfigDigest))
        {
            ShallVote = node.IsVoter,
        };
    }

    /// <summary>A node's own file against the configuration in force.</summary>
    private static bool? Matches(NodeSnapshot seen, string? digest) =>
        digest is null || seen.State.Definition is null ? null : digest == ConfigDigest.OfText(seen.State.DefinitionText);

    private static SlotLine Slot(ClusterDefinition definition, SlotState slot)
    {
        var resource = definition.Resources.FirstOrDefault(r => r.Id == slot.Id.Resource);
        return new SlotLine(
            slot.Id.ToString(),
            slot.Id.Resource.Kind.Word(),
            slot.Id.Resource.Nickname,
            slot.Id.Home.Value,
            slot.Owner?.Value,
            slot.Phase,
            slot.Token.Value,
            slot.Since == default ? null : slot.Since,
            slot.Reason,
            [.. slot.Failures.Select(f => new FailureLine(f.Key.Value, f.Value))],
            slot.LastFailure,
            resource?.IsExclusive ?? true,
            slot.IsRetired,
            slot.MoveTarget?.Value,
            [.. definition.Nodes.Where(n => n.Backups.Contains(slot.Id)).Select(n => n.Id.Value)],
            resource is null ? "" : Describe(resource));
    }

    private static string Describe(ResourceDefinition resource) => resource switch
    {
        CrontabDefinition cron => Path.Combine(cron.InstallLocation, Path.GetFileName(cron.TemplateFile)),
        IpAddressDefinition ip => $"{ip.Interface} {ip.Address}/{ip.Netmask}",
        ServiceDefinition service => service.ServiceName,
        ApplicationDefinition { EnsureScript: "" } app => $"{app.User}:{app.Group} started> {app.StartProgram}",
        ApplicationDefinition app => $"{app.User}:{app.Group} watching> {app.EnsureScript}",
        FilesystemDefinition fs => $"{fs.Source} {fs.Target}",
        _ => "",
    };
}

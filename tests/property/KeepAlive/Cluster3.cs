using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;

namespace Drcm.Property.Tests.KeepAlive;

/// <summary>Three voters, one floating address at home on n1; D = 240 ms, L = 175 ms, S = 50 ms, a keep-alive every 20 ms.</summary>
internal static class Cluster3
{
    public static readonly NodeId N1 = new("n1");
    public static readonly NodeId N2 = new("n2");
    public static readonly NodeId N3 = new("n3");
    public static readonly ImmutableArray<NodeId> All = [N1, N2, N3];
    public static readonly SlotId Slot = new(new ResourceId(ResourceKind.Ip, "vip"), N1);

    public static readonly ClusterDefinition Definition = CmConfigReader.Read("""
        [CM_SERVER]
        keep_alive_interval_ms = 20
        dead_node_count = 12
        lease_ms = 175
        stop_budget_ms = 50
        initdead = 0
        [CM_IPADDRS]
        vip, 10.9.9.9, 255.255.255.0, eth0:1, ipv4addr.sh
        [CM_NODE]
        nodename = n1
        hostname = h1
        keep_alive_ip = 10.9.0.1
        node_floating_ip_addrs = vip
        [CM_NODE]
        nodename = n2
        hostname = h2
        keep_alive_ip = 10.9.0.2
        node_backup_floating_ip_addrs = n1:vip
        [CM_NODE]
        nodename = n3
        hostname = h3
        keep_alive_ip = 10.9.0.3
        node_backup_floating_ip_addrs = n1:vip
        """).Definition!;

    public static TimeSpan D => Definition.Timing.DeadAfter;

    public static ReasonedEvent Because(ClusterEvent e) => new(e, "test");

    public static ClusterState Apply(ClusterState state, params ClusterEvent[] events) =>
        Transition.Apply(state, new LogIndex(state.Version.Value + 1), Batch(events)).State;

    public static EventBatch Batch(IEnumerable<ClusterEvent> events) => new(default, "node:n1", [.. events.Select(Because)]);

    /// <summary>Index 1: configured. Index 2: all started as incarnation 1, then up.</summary>
    public static ClusterState AllUp { get; } = Apply(
        Apply(ClusterState.Empty, new ClusterConfigured(CanonicalText.Render(Definition))),
        [
            .. All.Select(n => new NodeStarted(n, new Incarnation(1), $"boot-{n}")),
            .. All.Select(n => new NodeUp(n, new Incarnation(1))),
        ]);

    public static LeaderView View(ImmutableSortedDictionary<NodeId, HeardReport> reports) => new()
    {
        Reports = reports,
        LeadingFor = TimeSpan.FromHours(1),
        UpFor = ImmutableSortedDictionary<NodeId, TimeSpan>.Empty,
    };
}

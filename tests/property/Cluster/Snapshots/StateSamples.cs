using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.Solo;

namespace Drcm.Property.Tests.Cluster.Snapshots;

/// <summary>A state in which everything that the first release knew is filled.</summary>
internal static class StateSamples
{
    private const string Text = """
        [CM_SERVER]
        udpport = 53897
        tcpport = 53897
        [CM_IPADDRS]
        web, 192.0.2.100, 24, eth0, ip.sh
        [CM_SERVICES]
        db, db, service.sh
        [CM_NODE]
        nodename = n1
        hostname = h1
        keep_alive_ip = 192.0.2.1
        node_floating_ip_addrs = web
        node_services = db
        [CM_NODE]
        nodename = n2
        hostname = h2
        keep_alive_ip = 192.0.2.2
        node_backup_floating_ip_addrs = n1:web
        node_backup_services = n1:db
        """;

    private static readonly NodeId N1 = new("n1");
    private static readonly NodeId N2 = new("n2");

    public static NodeState Node { get; } = new()
    {
        Id = N1,
        Status = NodeStatus.Up,
        Incarnation = new Incarnation(7),
        BootId = "0e2f7a6c",
        StartedAt = new LogIndex(5),
        Epoch = new LogIndex(6),
        Round = new LogIndex(9),
        DownAt = new LogIndex(4),
        Standby = StandbyKind.Shutdown,
        Since = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Reason = "größer als n2",
        Identity = "8e9b7c1a-5d0f-4a7e-9c55-0d3f0f2f6a11",
        IsReplaced = true,
    };

    public static SlotState Slot { get; } = new()
    {
        Id = new SlotId(new ResourceId(ResourceKind.Ip, "web"), N1),
        Phase = SlotPhase.Revoked,
        Owner = N1,
        Token = new LogIndex(4_294_967_296),
        HeldIdentity = "ip:192.0.2.100",
        MoveTarget = N2,
        IsRetired = true,
        Failures = ImmutableSortedDictionary<NodeId, int>.Empty.Add(N1, 3).Add(N2, 1),
        FailuresCounted = 2,
        LastFailure = "exit status 1",
        Since = new DateTimeOffset(2026, 1, 2, 3, 4, 6, TimeSpan.Zero),
        Reason = "n2 is preferred",
    };

    /// <summary>Came later, like the rotation of a key: not in the stored sample.</summary>
    public static PairState Pair { get; } = new(new Generation(3, new NodeId("n1"), new Incarnation(7)), IsSolo: true, IsTold: false, new LogIndex(9));

    public static ImmutableSortedDictionary<SlotId, CrontabRecord> Crontabs { get; } = ImmutableSortedDictionary<SlotId, CrontabRecord>.Empty.Add(
        new SlotId(new ResourceId(ResourceKind.Cron, "jobs"), N1),
        new CrontabRecord(new DateTimeOffset(2026, 1, 2, 3, 4, 7, TimeSpan.Zero), new LogIndex(11), new LogIndex(10)))
        .Add(
            new SlotId(new ResourceId(ResourceKind.Cron, "more"), N1),
            new CrontabRecord(new DateTimeOffset(2026, 1, 2, 3, 4, 7, TimeSpan.Zero), new LogIndex(11), new LogIndex(10)) { CaughtUpAt = new LogIndex(11) });

    public static ClusterState State { get; } = new()
    {
        Version = new LogIndex(4_294_967_300),
        Definition = CmConfigReader.Read(Text).Definition,
        DefinitionText = Text,
        ConfiguredAt = new LogIndex(3),
        InMaintenance = true,
        ConfigurationFile = Text,
        Voters = [N1, N2],
        VotersAt = new LogIndex(8),
        FormerTiming = new FormerTiming(TimeSpan.FromMilliseconds(1000), TimeSpan.FromMilliseconds(1500)),
        TimingAt = new LogIndex(7),
        Nodes = ImmutableSortedDictionary<NodeId, NodeState>.Empty
            .Add(N1, Node)
            .Add(N2, new NodeState { Id = N2, Status = NodeStatus.Pending }),
        Slots = ImmutableSortedDictionary<SlotId, SlotState>.Empty
            .Add(Slot.Id, Slot)
            .Add(Other, new SlotState { Id = Other, Phase = SlotPhase.Free }),
        Holders = ClusterState.Empty.Holders.Add(Slot.HeldIdentity, Slot.Id),
    };

    private static SlotId Other => new(new ResourceId(ResourceKind.Service, "db"), N1);
}

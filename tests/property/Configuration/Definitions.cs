using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using FsCheck;
using FsCheck.Fluent;

namespace Drcm.Property.Tests.Configuration;

/// <summary>Random definitions that a cm.cfg can express.</summary>
internal static class Definitions
{
    /// <summary>What may stand inside values: escapes, remarks, separators that are none there.</summary>
    private const string Letters = "abcXYZ019_-.#\\:=;'\"|[]{}~/@ \u00e4";

    public static Arbitrary<ClusterDefinition> Any() => Arb.From(
        from nodes in Gen.Choose(1, 9)
        from timing in Timing
        from rows in Gen.Choose(0, 4).ListOf(KindCount)
        from resources in Resources(rows)
        from homes in Gen.Choose(0, nodes - 1).ListOf(resources.Length)
        from flags in Gen.Choose(0, 63).ListOf(nodes)
        from failback in Failback
        from selfFence in Gen.Elements(SelfFence.Off, SelfFence.Watchdog, SelfFence.Sysrq)
        select new ClusterDefinition
        {
            Timing = timing,
            Failback = failback,
            SelfFence = selfFence,
            UdpPort = 1 + flags[0],
            TcpPort = 60000 + flags[0],
            Resources = resources,
            Nodes = Nodes(flags, resources, homes),
        });

    private const int KindCount = 5;

    private static Gen<string> Name =>
        from text in Gen.Elements(Letters.ToCharArray()).ArrayOf(12)
        select $"n{new string(text).Replace("[", "", StringComparison.Ordinal)}e";

    private static Gen<TimeSpan> Span => Gen.Choose(1, 2_000_000_000).Select(t => new TimeSpan(t));

    private static Gen<FailbackPolicy> Failback => Gen.OneOf(
        Gen.Constant(FailbackPolicy.Auto), Gen.Constant(new FailbackPolicy(FailbackKind.Manual, TimeSpan.Zero)),
        Span.Select(s => new FailbackPolicy(FailbackKind.Delayed, s)));

    private static Gen<TimingDefinition> Timing =>
        from interval in Gen.Choose(100_000, 10_000_000)
        from count in Gen.Choose(10, 100)
        from share in Gen.Choose(10, 80)
        from init in Span
        let dead = TimeSpan.FromTicks((long)interval * count)
        select new TimingDefinition
        {
            KeepAliveInterval = new TimeSpan(interval),
            DeadAfter = dead,
            Lease = dead / 100 * share,
            StopBudget = dead / 100 * (90 - share),
            ElectionTimeout = dead / 2,
            InitDead = init,
        };

    private static Gen<ImmutableArray<ResourceDefinition>> Resources(IList<int> perKind) =>
        perKind.SelectMany((count, kind) => Enumerable.Range(0, count).Select(i => Resource((ResourceKind)kind, i)))
            .Aggregate(Gen.Constant(ImmutableArray<ResourceDefinition>.Empty),
                (all, one) => from a in all from o in one select a.Add(o));

    private static Gen<ResourceDefinition> Resource(ResourceKind kind, int index) =>
        from texts in Name.ListOf(4)
        from spans in Span.ListOf(3)
        from failback in Failback
        from exclusive in Gen.Elements(true, false)
        from probe in Gen.Elements(ProbeKind.BuiltIn, ProbeKind.Script)
        from threshold in Gen.Choose(1, 1000)
        select Bare(new ResourceId(kind, $"{index}{texts[0]}"), texts, index) with
        {
            IsExclusive = exclusive || kind is ResourceKind.Ip or ResourceKind.Cron,
            StartTimeout = spans[0],
            StopTimeout = spans[1],
            MonitorTimeout = spans[2],
            MigrationThreshold = threshold,
            Failback = failback,
            Probe = probe,
        };

    private static ResourceDefinition Bare(ResourceId id, IList<string> texts, int index)
    {
        var unique = $"{texts[1]}{index}";
        return id.Kind switch
        {
            ResourceKind.Ip => new IpAddressDefinition
            {
                Id = id, Address = $"10.0.0.{index}", Netmask = "24", Interface = texts[2], Script = texts[3],
                IsExclusive = true, StartTimeout = default, StopTimeout = default, MonitorTimeout = default,
                MigrationThreshold = 0, Failback = default, Probe = default,
            },
            ResourceKind.Filesystem => new FilesystemDefinition
            {
                Id = id, Source = unique, Target = texts[2], Script = texts[3],
                IsExclusive = true, StartTimeout = default, StopTimeout = default, MonitorTimeout = default,
                MigrationThreshold = 0, Failback = default, Probe = default,
            },
            ResourceKind.Service => new ServiceDefinition
            {
                Id = id, ServiceName = unique, Script = texts[3],
                IsExclusive = true, StartTimeout = default, StopTimeout = default, MonitorTimeout = default,
                MigrationThreshold = 0, Failback = default, Probe = default,
            },
            ResourceKind.Cron => new CrontabDefinition
            {
                Id = id, TemplateFile = unique, InstallLocation = texts[2], Script = texts[3],
                CatchUp = index % 2 == 0 ? CatchUp.None : CatchUp.Once,
                IsExclusive = true, StartTimeout = default, StopTimeout = default, MonitorTimeout = default,
                MigrationThreshold = 0, Failback = default, Probe = default,
            },
            ResourceKind.Application => new ApplicationDefinition
            {
                Id = id, User = "u#", Group = "g", StartProgram = texts[1], StopProgram = texts[2],
                EnsureScript = index % 2 == 0 ? "" : texts[3],
                IsExclusive = true, StartTimeout = default, StopTimeout = default, MonitorTimeout = default,
                MigrationThreshold = 0, Failback = default, Probe = default,
            },
        };
    }

    /// <summary>Each resource at home on one node, backed up by the next; the first node is a voter in any case.</summary>
    private static ImmutableArray<NodeDefinition> Nodes(
        IList<int> flags, ImmutableArray<ResourceDefinition> resources, IList<int> homes)
    {
        var count = flags.Count;
        return [.. Enumerable.Range(0, count).Select(n =>
        {
            bool Bit(int bit) => (flags[n] >> bit & 1) == 1;
            var isActive = n == 0 || Bit(0);
            return new NodeDefinition
            {
                Id = new NodeId($"node {n}#"),
                Hostname = $"host{n}",
                KeepAliveAddresses = Bit(1) ? [$"10.1.0.{n}", $"fd00::{n + 1}"] : [$"10.1.0.{n}"],
                IsActive = isActive,
                IsWitness = false,
                IsVoter = n == 0 || (isActive && Bit(2)),
                KeepServices = Bit(3),
                KeepFilesystems = Bit(4),
                KeepApplications = Bit(5),
                Fence = Bit(1) ? new FenceDefinition("fence_any", [$"ip=10.2.0.{n}", "passwd=a#b=c"], Bit(2), TimeSpan.FromTicks(flags[n])) : null,
                CheckIntervals = ConfigDefaults.CheckIntervals.SetItem(ResourceKind.Ip, TimeSpan.FromTicks(1 + flags[n])),
                HomeResources = [.. resources.Where((_, i) => homes[i] == n).Select(r => r.Id)],
                Backups =
                [
                    .. resources.Select((r, i) => (r.Id, Home: homes[i]))
                        .Where(x => count > 1 && (x.Home + 1) % count == n)
                        .Select(x => new SlotId(x.Id, new NodeId($"node {x.Home}#"))),
                ],
            };
        })];
    }
}

using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration;

/// <summary>What every node must agree on: the part of cm.cfg that decisions read. It is stored in the log as
/// <c>cluster.configured</c> in its canonical text form (<see cref="CanonicalText"/>), every default written out, so
/// that a later release with other defaults reads the same meaning. Directories, logging and <c>http_*</c> are not
/// in it (DESIGN 11).</summary>
public sealed record ClusterDefinition
{
    public required TimingDefinition Timing { get; init; }

    /// <summary>Policy for every slot whose resource has none of its own.</summary>
    public required FailbackPolicy Failback { get; init; }

    public SelfFence SelfFence { get; init; }

    /// <summary>UDP port of keep-alives and TCP port of the log; the same on all nodes.</summary>
    public required int UdpPort { get; init; }

    public required int TcpPort { get; init; }

    /// <summary><c>arbitration_ip</c>: what a node of a pair asks whether it is the one that is cut off (T1). Empty: neither goes on alone.</summary>
    public ImmutableArray<string> ArbitrationAddresses { get; init; } = [];

    /// <summary>In file order: it decides between backups (DESIGN 4).</summary>
    public required ImmutableArray<NodeDefinition> Nodes { get; init; }

    /// <summary>By kind, in each kind in file order.</summary>
    public required ImmutableArray<ResourceDefinition> Resources { get; init; }
}

/// <summary>The time budget of failure detection. Relations are checked by the reader: see docs/timing.md.</summary>
public sealed record TimingDefinition
{
    /// <summary>Between two keep-alives of a node (<c>keep_alive_interval_ms</c>, default 100 ms).</summary>
    public required TimeSpan KeepAliveInterval { get; init; }

    /// <summary>D: silence after which a voter gives a node up (<c>dead_node_count</c> x interval, always a multiple of it).</summary>
    public required TimeSpan DeadAfter { get; init; }

    /// <summary>L: how long a majority acknowledgement lets an owner act (<c>lease_ms</c>, default 2/3 D).</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>S: from lease end until everything exclusive is released (<c>stop_budget_ms</c>).</summary>
    public required TimeSpan StopBudget { get; init; }

    /// <summary>Lower bound of Raft's randomised election timeout; the upper bound is twice this or D, whichever is less.</summary>
    public required TimeSpan ElectionTimeout { get; init; }

    /// <summary>How long a first start waits for nodes never seen before it gives their slots away (<c>initdead</c>).</summary>
    public required TimeSpan InitDead { get; init; }
}

public enum FailbackKind
{
    /// <summary>Home as soon as the home node is healthy: the original's behaviour.</summary>
    Auto,

    /// <summary>Only when an operator moves it.</summary>
    Manual,

    /// <summary>Home after the home node has been up for <see cref="FailbackPolicy.Delay"/>.</summary>
    Delayed,
}

public readonly record struct FailbackPolicy(FailbackKind Kind, TimeSpan Delay)
{
    public static FailbackPolicy Auto => new(FailbackKind.Auto, TimeSpan.Zero);
}

/// <summary>One <c>[CM_NODE]</c>.</summary>
public sealed record NodeDefinition
{
    public required NodeId Id { get; init; }

    /// <summary>What <c>uname -n</c> prints there.</summary>
    public required string Hostname { get; init; }

    /// <summary><c>keep_alive_ip</c>: one or more literal IP addresses, the first is the main one.</summary>
    public required ImmutableArray<string> KeepAliveAddresses { get; init; }

    /// <summary><c>node_is_active = 0</c>: no voter, owns nothing; backups own its slots.</summary>
    public required bool IsActive { get; init; }

    /// <summary>A voter that runs no resources.</summary>
    public required bool IsWitness { get; init; }

    /// <summary>Counts for quorum: DESIGN 7 applied by the reader.</summary>
    public required bool IsVoter { get; init; }

    public required bool KeepServices { get; init; }

    public required bool KeepFilesystems { get; init; }

    public required bool KeepApplications { get; init; }

    /// <summary>How the others fence this node; null: they cannot.</summary>
    public FenceDefinition? Fence { get; init; }

    /// <summary>Monitor interval of each kind on this node (<c>*_check</c> seconds).</summary>
    public required ImmutableSortedDictionary<ResourceKind, TimeSpan> CheckIntervals { get; init; }

    /// <summary>Resources whose home is this node: by kind, in each kind in file order.</summary>
    public required ImmutableArray<ResourceId> HomeResources { get; init; }

    /// <summary>Slots of other nodes that this node may take over: by kind, in each kind in file order.</summary>
    public required ImmutableArray<SlotId> Backups { get; init; }

    public bool Keeps(ResourceKind kind) => kind switch
    {
        ResourceKind.Service => KeepServices,
        ResourceKind.Filesystem => KeepFilesystems,
        ResourceKind.Application => KeepApplications,
        ResourceKind.Ip or ResourceKind.Cron => false,
    };
}

/// <summary>One row of a resource section together with its <c>[CM_OPTIONS]</c> row.</summary>
public abstract record ResourceDefinition
{
    private protected ResourceDefinition()
    {
    }

    public required ResourceId Id { get; init; }

    /// <summary>At most one node may hold it at any instant. Always true for <c>ip</c> and <c>cron</c>.</summary>
    public required bool IsExclusive { get; init; }

    public required TimeSpan StartTimeout { get; init; }

    public required TimeSpan StopTimeout { get; init; }

    public required TimeSpan MonitorTimeout { get; init; }

    /// <summary>Start or monitor failures of a node after which the slot moves on. Default 3.</summary>
    public required int MigrationThreshold { get; init; }

    public required FailbackPolicy Failback { get; init; }

    /// <summary>How the monitor looks at an <c>ip</c> or <c>cron</c> resource; other kinds use their script's <c>watch</c>.</summary>
    public required ProbeKind Probe { get; init; }
}

public enum ProbeKind
{
    /// <summary>The daemon itself looks: is the address on the interface, is the crontab in its place.</summary>
    BuiltIn,

    /// <summary>The resource script is called with <c>status</c>: exit 0 active, 3 not active.</summary>
    Script,
}

public sealed record CrontabDefinition : ResourceDefinition
{
    public required string TemplateFile { get; init; }

    public required string InstallLocation { get; init; }

    /// <summary>Script and its own arguments, not yet split.</summary>
    public required string Script { get; init; }

    public CatchUp CatchUp { get; init; }
}

public sealed record IpAddressDefinition : ResourceDefinition
{
    public required string Address { get; init; }

    /// <summary>Dotted mask or prefix length, as written.</summary>
    public required string Netmask { get; init; }

    /// <summary>Interface, alias (<c>eth0:1</c>) or list <c>'a|b'</c>, as written.</summary>
    public required string Interface { get; init; }

    public required string Script { get; init; }
}

public sealed record ServiceDefinition : ResourceDefinition
{
    public required string ServiceName { get; init; }

    public required string Script { get; init; }
}

public sealed record ApplicationDefinition : ResourceDefinition
{
    public required string User { get; init; }

    public required string Group { get; init; }

    public required string StartProgram { get; init; }

    public required string StopProgram { get; init; }

    /// <summary>Empty if the row has none.</summary>
    public required string EnsureScript { get; init; }
}

public sealed record FilesystemDefinition : ResourceDefinition
{
    public required string Source { get; init; }

    public required string Target { get; init; }

    public required string Script { get; init; }
}

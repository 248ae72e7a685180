using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration;

/// <summary>What an absent key means (DESIGN 10). A new release may change these: the canonical text of a running
/// cluster has every value written out.</summary>
public static class ConfigDefaults
{
    public const int Port = 53897;

    public const int HttpPort = 53898;

    public const int DeadNodeCount = 15;

    public const int MigrationThreshold = 3;

    /// <summary>A year, and what the yearly report takes.</summary>
    public const int AuditDaysToKeep = 400;

    /// <summary>About a million events.</summary>
    public const long MaxAuditSize = 500_000_000;

    public const string RunDir = "/var/run/drcm";

    public const string LogDir = "/var/log/drcm";

    public const string SpoolDir = "/var/spool/drcm";

    public const string WatchdogDevice = "/dev/watchdog";

    public static TimeSpan KeepAliveInterval { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Long enough for machines of one rack to boot one after the other.</summary>
    public static TimeSpan InitDead { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Caches of neighbours live for minutes, tables of switches for five.</summary>
    public static TimeSpan AnnounceInterval { get; } = TimeSpan.FromSeconds(60);

    public static TimeSpan StartTimeout { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Of an orderly stop. Release at the end of a lease is bounded by the stop budget instead.</summary>
    public static TimeSpan StopTimeout { get; } = TimeSpan.FromSeconds(30);

    public static TimeSpan MonitorTimeout { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Built-in probes are cheap, scripts are not.</summary>
    public static ImmutableSortedDictionary<ResourceKind, TimeSpan> CheckIntervals { get; } =
        ImmutableSortedDictionary<ResourceKind, TimeSpan>.Empty
            .Add(ResourceKind.Ip, TimeSpan.FromSeconds(5))
            .Add(ResourceKind.Filesystem, TimeSpan.FromSeconds(30))
            .Add(ResourceKind.Service, TimeSpan.FromSeconds(30))
            .Add(ResourceKind.Cron, TimeSpan.FromSeconds(30))
            .Add(ResourceKind.Application, TimeSpan.FromSeconds(30));
}

using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>The keys that one section knows.</summary>
/// <param name="Keys">Read by this release, or by the original alone and harmless.</param>
/// <param name="Pending">Reserved for later work: accepted, not yet acted on.</param>
/// <param name="Spellings">Other spellings seen in the wild, and the key that they mean.</param>
internal sealed record KeyTable(
    ImmutableSortedSet<string> Keys, ImmutableSortedSet<string> Pending,
    ImmutableSortedDictionary<string, string> Spellings)
{
    public static KeyTable Server { get; } = new(
        Set("udpport", "tcpport", "dead_node_count", "bind_to_keep_alive_ip", "run_dir", "log_dir", "spool_dir",
            "cluster_user", "cluster_group", "sudo_command", "service_name", "logfile", "num_logs_to_keep",
            "max_log_size", "audit_days_to_keep", "max_audit_size", "log_queue_size", "log_queue_debug_size", "log_queue_proc_size", "clear_log",
            "enable_logging", "log_level", "debug", "debug_level", "verbose", "verbose_level",
            "keep_alive_interval_ms", "lease_ms", "stop_budget_ms", "election_timeout_ms", "http_port", "http_bind", "otlp_endpoint",
            "failback", "initdead", "cron_guard", "announce_interval", "self_fence", "watchdog", "arbitration_ip"),
        Set("engine", "etcd", "link_check"),
        Map(("logfile_name", "logfile")));

    public static KeyTable Node { get; } = new(
        Set(["nodename", "hostname", "node_is_active", "keep_services", "keep_filesystems", "keep_applications",
            "keep_alive_ip", "witness", "voter", "fence", .. KindLayout.All.SelectMany(ListKeys)]),
        Set(),
        Map(("ipaddr_check", "ipaddrs_check"), ("ipapddrs_check", "ipaddrs_check")));

    public static KeyTable Options { get; } = new(
        Set("exclusive", "start_timeout", "stop_timeout", "monitor_timeout", "migration_threshold", "failback", "probe", "catch_up"),
        Set("needs", "with", "apart", "prefer"),
        Map());

    public string RemedyForUnknown(string key)
    {
        var near = Nearest.To(key, Keys.Concat(Pending));
        return near is null ? "remove it; it has no effect" : $"did you mean {near}?";
    }

    private static IEnumerable<string> ListKeys(KindLayout kind) => [kind.HomeKey, kind.BackupKey, kind.CheckKey];

    private static ImmutableSortedSet<string> Set(params string[] keys) =>
        ImmutableSortedSet.Create(StringComparer.Ordinal, keys);

    private static ImmutableSortedDictionary<string, string> Map(params (string From, string To)[] pairs) =>
        pairs.ToImmutableSortedDictionary(p => p.From, p => p.To, StringComparer.Ordinal);
}

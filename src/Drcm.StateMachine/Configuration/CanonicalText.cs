using System.Globalization;
using System.Text;
using Drcm.StateMachine.Configuration.Reading;

namespace Drcm.StateMachine.Configuration;

/// <summary>The canonical cm.cfg text of a <see cref="ClusterDefinition"/>: one spelling, every default written out.
/// <c>CmConfigReader.Read(CanonicalText.Render(d)).Definition</c> equals <c>d</c>.</summary>
/// <remarks>Lossless for every definition that a cm.cfg can express: values hold no comma (there is no escape for it), no
/// line break and no blank at their ends; D is a whole number of intervals.</remarks>
public static partial class CanonicalText
{
    public static string Render(ClusterDefinition definition) => Render(definition, local: null);

    /// <summary>With the settings of this node as well: what <c>drcm config show</c> prints, without the secrets of fence agents.</summary>
    public static string Render(ClusterDefinition definition, LocalSettings? local)
    {
        var text = new StringBuilder("[CM_SERVER]\n");
        Server(text, definition);
        if (local is not null) Local(text, local, definition.SelfFence);
        foreach (var kind in KindLayout.All) Rows(text, kind, definition);
        Options(text, definition);
        foreach (var node in definition.Nodes) Node(text, node, isShown: local is not null);
        return text.ToString();
    }

    private static void Server(StringBuilder text, ClusterDefinition definition)
    {
        var timing = definition.Timing;
        var count = timing.KeepAliveInterval > TimeSpan.Zero ? timing.DeadAfter.Ticks / timing.KeepAliveInterval.Ticks : 0;
        Pair(text, "udpport", Number(definition.UdpPort));
        Pair(text, "tcpport", Number(definition.TcpPort));
        Pair(text, "keep_alive_interval_ms", DurationText.Milliseconds(timing.KeepAliveInterval));
        Pair(text, "dead_node_count", Number(count));
        Pair(text, "lease_ms", DurationText.Milliseconds(timing.Lease));
        Pair(text, "stop_budget_ms", DurationText.Milliseconds(timing.StopBudget));
        Pair(text, "election_timeout_ms", DurationText.Milliseconds(timing.ElectionTimeout));
        Pair(text, "initdead", DurationText.Seconds(timing.InitDead));
        Pair(text, "failback", Failback(definition.Failback));
        Pair(text, "self_fence", definition.SelfFence.ToString().ToLowerInvariant());
        if (!definition.ArbitrationAddresses.IsEmpty) Pair(text, "arbitration_ip", string.Join(", ", definition.ArbitrationAddresses));
    }

    private static void Local(StringBuilder text, LocalSettings local, SelfFence selfFence)
    {
        Pair(text, "run_dir", local.RunDir);
        Pair(text, "log_dir", local.LogDir);
        Pair(text, "spool_dir", local.SpoolDir);
        Pair(text, "cluster_user", local.ClusterUser);
        Pair(text, "cluster_group", local.ClusterGroup);
        Pair(text, "bind_to_keep_alive_ip", Flag(local.BindToKeepAliveIp));
        Pair(text, "logfile", local.LogFileName);
        Pair(text, "num_logs_to_keep", Number(local.NumLogsToKeep));
        Pair(text, "max_log_size", Number(local.MaxLogSize));
        Pair(text, "enable_logging", Flag(local.EnableLogging));
        Pair(text, "clear_log", Flag(local.ClearLog));
        Pair(text, "log_level", Number(local.LogLevel));
        Pair(text, "debug", Flag(local.Debug));
        Pair(text, "debug_level", Number(local.DebugLevel));
        Pair(text, "verbose", Flag(local.Verbose));
        Pair(text, "verbose_level", Number(local.VerboseLevel));
        Pair(text, "announce_interval", DurationText.Seconds(local.AnnounceInterval));
        if (selfFence == SelfFence.Watchdog) Pair(text, "watchdog", local.WatchdogDevice);
        Pair(text, "http_port", Number(local.HttpPort));
        if (local.HttpBind.Length > 0) Pair(text, "http_bind", local.HttpBind);
        if (local.OtlpEndpoint.Length > 0) Pair(text, "otlp_endpoint", local.OtlpEndpoint);
    }

    private static void Node(StringBuilder text, NodeDefinition node, bool isShown)
    {
        text.Append("\n[CM_NODE]\n");
        Pair(text, "nodename", node.Id.Value);
        Pair(text, "hostname", node.Hostname);
        Pair(text, "keep_alive_ip", string.Join(", ", node.KeepAliveAddresses));
        Pair(text, "node_is_active", Flag(node.IsActive));
        Pair(text, "witness", Flag(node.IsWitness));
        if (node.IsActive) Pair(text, "voter", Flag(node.IsVoter));
        Pair(text, "keep_services", Flag(node.KeepServices));
        Pair(text, "keep_filesystems", Flag(node.KeepFilesystems));
        Pair(text, "keep_applications", Flag(node.KeepApplications));
        if (node.Fence is { } fence) Pair(text, "fence", isShown ? fence.Shown : fence.Text);
        foreach (var (kind, interval) in node.CheckIntervals)
            Pair(text, KindLayout.Of(kind).CheckKey, DurationText.Seconds(interval));
        foreach (var kind in KindLayout.All)
        {
            var homes = node.HomeResources.Where(r => r.Kind == kind.Kind).Select(r => r.Nickname);
            var backups = node.Backups.Where(s => s.Resource.Kind == kind.Kind)
                .Select(s => $"{s.Home}:{s.Resource.Nickname}");
            List(text, kind.HomeKey, homes);
            List(text, kind.BackupKey, backups);
        }
    }

    private static void List(StringBuilder text, string key, IEnumerable<string> values)
    {
        var joined = string.Join(", ", values);
        if (joined.Length > 0) Pair(text, key, joined);
    }

    private static void Pair(StringBuilder text, string key, string value) =>
        text.Append(key).Append(" = ").Append(Escape(value)).Append('\n');

    private static string Escape(string value) => value.Replace("#", "\\#", StringComparison.Ordinal);

    private static string Flag(bool value) => value ? "1" : "0";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Failback(FailbackPolicy policy) => policy.Kind switch
    {
        FailbackKind.Auto => "auto",
        FailbackKind.Manual => "manual",
        FailbackKind.Delayed => $"delay={DurationText.Seconds(policy.Delay)}",
    };
}

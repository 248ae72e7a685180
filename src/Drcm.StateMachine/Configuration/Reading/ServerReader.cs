namespace Drcm.StateMachine.Configuration.Reading;

/// <summary><c>[CM_SERVER]</c>: directories, logging, accounts and ports. Timing is in <see cref="TimingReader"/>.</summary>
internal static class ServerReader
{
    private const int LevelMax = 5;
    private const int PortMax = 65535;
    private const int LogsMax = 1000;
    private const int AuditDaysMax = 36_500;

    /// <summary>Below it an audit could not hold a day of a cluster in trouble.</summary>
    private const long AuditSizeMin = 1_000_000;
    private const long AuditSizeMax = 1_000_000_000_000;

    public static int Port(KeyValues server, string key) =>
        server.Number(key, ConfigDefaults.Port, 1, PortMax, fatal: true);

    public static SelfFence SelfFence(KeyValues server)
    {
        const string key = "self_fence";
        var word = server.Text(key, "off");
        if (Enum.GetValues<SelfFence>().Where(f => Word(f) == word).ToArray() is [var known]) return known;
        server.Bag.Fatal(server.PositionOf(key), $"self_fence is {KeyValues.Shown(word)}", "write off, watchdog or sysrq");
        return Configuration.SelfFence.Off;
    }

    private static string Word(SelfFence fence) => fence.ToString().ToLowerInvariant();

    public static LocalSettings Local(KeyValues server)
    {
        CheckQueues(server);
        var httpPort = server.Number("http_port", ConfigDefaults.HttpPort, 0, PortMax);
        return new LocalSettings
        {
            RunDir = server.Directory("run_dir", ConfigDefaults.RunDir),
            LogDir = server.Directory("log_dir", ConfigDefaults.LogDir),
            SpoolDir = server.Directory("spool_dir", ConfigDefaults.SpoolDir),
            ClusterUser = server.Text("cluster_user", "root"),
            ClusterGroup = server.Text("cluster_group", "root"),
            BindToKeepAliveIp = server.Bool("bind_to_keep_alive_ip", true),
            LogFileName = LogFileName(server),
            NumLogsToKeep = server.Number("num_logs_to_keep", 3, 1, LogsMax),
            MaxLogSize = server.Number("max_log_size", 5_000_000, 1, CmLimits.MaxLogSizeMax),
            AuditDaysToKeep = server.Number("audit_days_to_keep", ConfigDefaults.AuditDaysToKeep, 1, AuditDaysMax),
            MaxAuditSize = server.Number("max_audit_size", ConfigDefaults.MaxAuditSize, AuditSizeMin, AuditSizeMax),
            EnableLogging = server.Bool("enable_logging", true),
            ClearLog = server.Bool("clear_log", false),
            LogLevel = server.Number("log_level", 1, 0, LevelMax),
            Debug = server.Bool("debug", false),
            DebugLevel = server.Number("debug_level", 1, 0, LevelMax),
            Verbose = server.Bool("verbose", false),
            VerboseLevel = server.Number("verbose_level", 1, 0, LevelMax),
            GuardsCrontabs = CronGuard(server),
            AnnounceInterval = server.SecondsOrZero("announce_interval", ConfigDefaults.AnnounceInterval, fatal: false),
            WatchdogDevice = WatchdogDevice(server),
            HttpPort = httpPort,
            HttpBind = HttpBind(server),
            OtlpEndpoint = OtlpEndpoint(server),
        };
    }

    /// <summary>Both are TCP listeners of one process.</summary>
    public static void CheckPortsDiffer(KeyValues server, int tcpPort, int httpPort)
    {
        if (tcpPort != httpPort) return;
        server.Bag.Fatal(server.PositionOf(server.Has("http_port") ? "http_port" : "tcpport"),
            $"http_port and tcpport are both {tcpPort}", "give http_port a port of its own");
    }

    /// <summary>The original's queues; ours bound themselves. A size that the original refuses is refused.</summary>
    private static void CheckQueues(KeyValues server)
    {
        foreach (var key in (ReadOnlySpan<string>)["log_queue_size", "log_queue_debug_size", "log_queue_proc_size"])
            server.Number(key, 1, 1, int.MaxValue);
    }

    private static bool CronGuard(KeyValues server)
    {
        const string key = "cron_guard";
        if (server.Bool(key, true)) return true;
        server.Bag.Warn(server.PositionOf(key),
            "cron_guard is off: cron begins jobs on a node that has lost its lease for as long as the crontab cannot be removed there, and missed runs are not reported",
            "remove it, unless no shell of a crontab quotes as sh does");
        return false;
    }

    /// <summary>Its path has to fit into the guard's memory.</summary>
    private static string WatchdogDevice(KeyValues server)
    {
        const string key = "watchdog";
        const int lengthMax = 200;
        var path = server.Text(key, ConfigDefaults.WatchdogDevice);
        if (path.Length > lengthMax || !path.StartsWith('/'))
        {
            server.Bag.Error(server.PositionOf(key), $"watchdog is {KeyValues.Shown(path)}", $"write the path of the device, for example {ConfigDefaults.WatchdogDevice}");
            return ConfigDefaults.WatchdogDevice;
        }
        if (server.Has(key) && server.Text("self_fence", "off") != "watchdog")
            server.Bag.Warn(server.PositionOf(key), "watchdog names a device, but self_fence does not use it", "write self_fence = watchdog, or remove it");
        return path;
    }

    private static string LogFileName(KeyValues server)
    {
        const string key = "logfile";
        const string otherwise = "drcm.log";
        var text = server.Text(key, otherwise);
        var name = text[(text.LastIndexOf('/') + 1)..];
        if (name.Length == text.Length) return name;
        server.Bag.Warn(server.PositionOf(key), "logfile holds a path, which is ignored",
            $"write logfile = {(name.Length > 0 ? name : otherwise)}; its directory is log_dir");
        return name.Length > 0 ? name : otherwise;
    }

    /// <summary>Empty: the node's <c>keep_alive_ip</c>.</summary>
    private static string HttpBind(KeyValues server)
    {
        const string key = "http_bind";
        var text = server.Text(key, "");
        if (text.Length == 0 || Addresses.TryNormalize(text, out text)) return text;
        server.Bag.Error(server.PositionOf(key), "http_bind is no IP address", "write a literal IPv4 or IPv6 address");
        return "";
    }

    private static string OtlpEndpoint(KeyValues server)
    {
        const string key = "otlp_endpoint";
        var text = server.Text(key, "");
        if (text.Length == 0 || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")) return text;
        server.Bag.Error(server.PositionOf(key), $"otlp_endpoint is {KeyValues.Shown(text)}", "write the URL of a collector, for example http://127.0.0.1:4317");
        return "";
    }
}

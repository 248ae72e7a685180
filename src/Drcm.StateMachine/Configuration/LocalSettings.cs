namespace Drcm.StateMachine.Configuration;

/// <summary>What one node alone reads from its cm.cfg: directories, logging, accounts. Not in the configuration digest.</summary>
public sealed record LocalSettings
{
    public required string RunDir { get; init; }

    public required string LogDir { get; init; }

    public required string SpoolDir { get; init; }

    public required string ClusterUser { get; init; }

    public required string ClusterGroup { get; init; }

    /// <summary>1: listen on the keep-alive addresses only; 0: on all.</summary>
    public required bool BindToKeepAliveIp { get; init; }

    public required string LogFileName { get; init; }

    public required int NumLogsToKeep { get; init; }

    /// <summary>Bytes.</summary>
    public required long MaxLogSize { get; init; }

    /// <summary>Days that events stay in audit.db (<c>audit_days_to_keep</c>).</summary>
    public int AuditDaysToKeep { get; init; } = ConfigDefaults.AuditDaysToKeep;

    /// <summary>Bytes of audit.db above which its oldest events go (<c>max_audit_size</c>).</summary>
    public long MaxAuditSize { get; init; } = ConfigDefaults.MaxAuditSize;

    public required bool EnableLogging { get; init; }

    public required bool ClearLog { get; init; }

    /// <summary>0 to 5.</summary>
    public required int LogLevel { get; init; }

    public required bool Debug { get; init; }

    public required int DebugLevel { get; init; }

    public required bool Verbose { get; init; }

    public required int VerboseLevel { get; init; }

    /// <summary>Installed crontab lines check the lease before they run (<c>cron_guard</c>, O21).</summary>
    public required bool GuardsCrontabs { get; init; }

    /// <summary>Between two announcements of a floating address that stays where it is; zero: only when it comes.</summary>
    public TimeSpan AnnounceInterval { get; init; } = ConfigDefaults.AnnounceInterval;

    /// <summary>What <c>self_fence = watchdog</c> feeds (<c>watchdog</c>).</summary>
    public string WatchdogDevice { get; init; } = ConfigDefaults.WatchdogDevice;

    /// <summary>0: no HTTP.</summary>
    public required int HttpPort { get; init; }

    /// <summary>An address; empty: the keep-alive address of the node.</summary>
    public required string HttpBind { get; init; }

    /// <summary>URL of an OTLP collector that figures are pushed to; empty: none.</summary>
    public string OtlpEndpoint { get; init; } = "";
}

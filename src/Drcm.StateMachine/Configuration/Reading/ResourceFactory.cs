using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>Makes a definition of a row and its options.</summary>
internal static class ResourceFactory
{
    private const int ThresholdMax = 1000;

    public static ResourceDefinition Build(ResourceRow row, KeyValues? given, FailbackPolicy failback, DiagnosticBag bag)
    {
        var options = given ?? new KeyValues(KeyTable.Options, row.Values[0], bag);
        var built = Bare(row) with
        {
            IsExclusive = IsExclusive(row.Id.Kind, options),
            StartTimeout = options.Seconds("start_timeout", ConfigDefaults.StartTimeout),
            StopTimeout = options.Seconds("stop_timeout", ConfigDefaults.StopTimeout),
            MonitorTimeout = options.Seconds("monitor_timeout", ConfigDefaults.MonitorTimeout),
            MigrationThreshold =
                options.Number("migration_threshold", ConfigDefaults.MigrationThreshold, 1, ThresholdMax),
            Failback = options.Failback(failback, fatal: false),
            Probe = Probe(options),
        };
        var catchUp = CatchUpOf(row.Id, options);
        return built is CrontabDefinition crontab ? crontab with { CatchUp = catchUp } : built;
    }

    private static CatchUp CatchUpOf(ResourceId id, KeyValues options)
    {
        const string key = "catch_up";
        var word = options.Text(key, "none");
        if (options.Has(key) && id.Kind != ResourceKind.Cron)
            options.Bag.Error(options.PositionOf(key), $"catch_up is for crontabs, and {id} is none", "remove it; it has no effect");
        else if (word == "once")
            return CatchUp.Once;
        else if (word != "none")
            options.Bag.Error(options.PositionOf(key), $"catch_up is {KeyValues.Shown(word)}", "write none or once");
        return CatchUp.None;
    }

    /// <summary>ip and cron always are (DESIGN 4).</summary>
    private static bool IsExclusive(ResourceKind kind, KeyValues options)
    {
        var wanted = options.BoolOrNull("exclusive");
        if (kind is not (ResourceKind.Ip or ResourceKind.Cron)) return wanted ?? false;
        if (wanted == false)
        {
            options.Bag.Error(options.PositionOf("exclusive"), $"a resource of kind {kind.Word()} is always exclusive",
                "remove exclusive; it stays exclusive");
        }
        return true;
    }

    private static ProbeKind Probe(KeyValues options)
    {
        const string key = "probe";
        var word = options.Text(key, "built-in");
        if (word == "script") return ProbeKind.Script;
        if (word != "built-in")
        {
            options.Bag.Error(options.PositionOf(key), $"probe is {KeyValues.Shown(word)}", "write built-in or script");
        }
        return ProbeKind.BuiltIn;
    }

    private static ResourceDefinition Bare(ResourceRow row)
    {
        string Field(int index) => index < row.Values.Length ? row.Values[index].Text : "";
        return row.Id.Kind switch
        {
            ResourceKind.Ip => new IpAddressDefinition
            {
                Id = row.Id, Address = Field(1), Netmask = Field(2), Interface = Field(3), Script = Field(4),
                IsExclusive = true, StartTimeout = default, StopTimeout = default, MonitorTimeout = default,
                MigrationThreshold = default, Failback = default, Probe = default,
            },
            ResourceKind.Filesystem => new FilesystemDefinition
            {
                Id = row.Id, Source = Field(1), Target = Field(2), Script = Field(3),
                IsExclusive = false, StartTimeout = default, StopTimeout = default, MonitorTimeout = default,
                MigrationThreshold = default, Failback = default, Probe = default,
            },
            ResourceKind.Service => new ServiceDefinition
            {
                Id = row.Id, ServiceName = Field(1), Script = Field(2),
                IsExclusive = false, StartTimeout = default, StopTimeout = default, MonitorTimeout = default,
                MigrationThreshold = default, Failback = default, Probe = default,
            },
            ResourceKind.Cron => new CrontabDefinition
            {
                Id = row.Id, TemplateFile = Field(1), InstallLocation = Field(2), Script = Field(3),
                IsExclusive = true, StartTimeout = default, StopTimeout = default, MonitorTimeout = default,
                MigrationThreshold = default, Failback = default, Probe = default,
            },
            ResourceKind.Application => new ApplicationDefinition
            {
                Id = row.Id, User = Field(1).Split(':')[0].Trim(), Group = Field(1).Split(':')[1].Trim(),
                StartProgram = Field(2), StopProgram = Field(3), EnsureScript = Field(4),
                IsExclusive = false, StartTimeout = default, StopTimeout = default, MonitorTimeout = default,
                MigrationThreshold = default, Failback = default, Probe = default,
            },
        };
    }
}

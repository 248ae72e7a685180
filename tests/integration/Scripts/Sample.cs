using Drcm.Node.Scripts;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;

namespace Drcm.Integration.Tests.Scripts;

/// <summary>Resources and calls with the values that most tests do not care about.</summary>
internal static class Sample
{
    internal static readonly ScriptContext Context = new(new NodeId("node-a"), new LogIndex(7), "home node is healthy");

    internal static ScriptCall Shell(string text, TimeSpan? timeout = null) => new()
    {
        Resource = new ResourceId(ResourceKind.Service, "web"),
        Action = ScriptAction.Start,
        Context = Context,
        Words = ["/bin/sh", "-c", text],
        Timeout = timeout ?? TimeSpan.FromSeconds(30),
    };

    internal static IpAddressDefinition Ip(string address, string netmask, string device, string script = "ip.sh") => new()
    {
        Id = new ResourceId(ResourceKind.Ip, "web1"),
        IsExclusive = true,
        StartTimeout = TimeSpan.FromSeconds(10),
        StopTimeout = TimeSpan.FromSeconds(11),
        MonitorTimeout = TimeSpan.FromSeconds(12),
        MigrationThreshold = 3,
        Failback = FailbackPolicy.Auto,
        Probe = ProbeKind.BuiltIn,
        Address = address,
        Netmask = netmask,
        Interface = device,
        Script = script,
    };

    internal static CrontabDefinition Cron(string template, string location, string script = "crontab.sh") => new()
    {
        Id = new ResourceId(ResourceKind.Cron, "apps"),
        IsExclusive = true,
        StartTimeout = TimeSpan.FromSeconds(10),
        StopTimeout = TimeSpan.FromSeconds(11),
        MonitorTimeout = TimeSpan.FromSeconds(12),
        MigrationThreshold = 3,
        Failback = FailbackPolicy.Auto,
        Probe = ProbeKind.BuiltIn,
        TemplateFile = template,
        InstallLocation = location,
        Script = script,
    };

    internal static FilesystemDefinition Filesystem(string source, string target, string script = "nfs.sh") => new()
    {
        Id = new ResourceId(ResourceKind.Filesystem, "data"),
        IsExclusive = false,
        StartTimeout = TimeSpan.FromSeconds(10),
        StopTimeout = TimeSpan.FromSeconds(11),
        MonitorTimeout = TimeSpan.FromSeconds(12),
        MigrationThreshold = 3,
        Failback = FailbackPolicy.Auto,
        Probe = ProbeKind.BuiltIn,
        Source = source,
        Target = target,
        Script = script,
    };

    internal static ServiceDefinition Service(string name, string script) => new()
    {
        Id = new ResourceId(ResourceKind.Service, "web"),
        IsExclusive = false,
        StartTimeout = TimeSpan.FromSeconds(10),
        StopTimeout = TimeSpan.FromSeconds(11),
        MonitorTimeout = TimeSpan.FromSeconds(12),
        MigrationThreshold = 3,
        Failback = FailbackPolicy.Auto,
        Probe = ProbeKind.BuiltIn,
        ServiceName = name,
        Script = script,
    };

    internal static ApplicationDefinition Application(string user, string group, string start, string stop = "true", string ensure = "") => new()
    {
        Id = new ResourceId(ResourceKind.Application, "ldm"),
        IsExclusive = false,
        StartTimeout = TimeSpan.FromSeconds(10),
        StopTimeout = TimeSpan.FromSeconds(11),
        MonitorTimeout = TimeSpan.FromSeconds(12),
        MigrationThreshold = 3,
        Failback = FailbackPolicy.Auto,
        Probe = ProbeKind.BuiltIn,
        User = user,
        Group = group,
        StartProgram = start,
        StopProgram = stop,
        EnsureScript = ensure,
    };
}

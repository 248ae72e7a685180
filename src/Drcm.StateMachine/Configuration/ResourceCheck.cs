using System.Collections.Immutable;
using Drcm.StateMachine.Crontabs;

namespace Drcm.StateMachine.Configuration;

/// <summary>The files that one resource needs on a host. Programs of applications are shell text and not looked for.</summary>
internal static class ResourceCheck
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Where a script without a slash is looked for: the PATH that scripts run with (DESIGN 9).</summary>
    private static readonly ImmutableArray<string> SearchPath =
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    public static IEnumerable<Diagnostic> Check(ResourceDefinition resource, SourceMap sources, IHostFacts host) =>
        resource switch
        {
            CrontabDefinition cron => OfCrontab(cron, sources, host),
            IpAddressDefinition ip => Script(ip, ip.Script, sources, host),
            ServiceDefinition service => Script(service, service.Script, sources, host),
            FilesystemDefinition fs => Script(fs, fs.Script, sources, host),
            _ => [],
        };

    /// <summary>Whoever leads fences: every node needs the agents of all the others.</summary>
    public static IEnumerable<Diagnostic> FenceAgent(NodeDefinition node, SourceMap sources, IHostFacts host)
    {
        if (node.Fence is not { } fence) yield break;
        var at = sources.Of(node.Id, "fence");
        if (Find(fence.Agent, host) is not { IsDirectory: false } file)
            yield return Error(at, $"the fence agent {fence.Agent} of {node.Id} is missing", "install it on every node, or correct its name");
        else if ((file.Mode & Executable) == UnixFileMode.None)
            yield return Error(at, $"the fence agent {fence.Agent} of {node.Id} is not executable", $"chmod 755 {fence.Agent}");
    }

    public static Diagnostic Error(SourcePosition at, string what, string remedy) =>
        new(Severity.Error, at.Line, at.Column, what, remedy);

    private static IEnumerable<Diagnostic> OfCrontab(CrontabDefinition cron, SourceMap sources, IHostFacts host)
    {
        if (host.Look(cron.TemplateFile) is not { IsDirectory: false, IsReadable: true })
        {
            yield return Error(sources.Of(cron.Id, "template_file"),
                $"the template {cron.TemplateFile} of {cron.Id} is missing or cannot be read", "put it there on every node");
        }
        else if (host.Read(cron.TemplateFile) is { } text)
        {
            foreach (var fault in Crontab.Read(text, CrontabForms.Of(cron)).Faults)
                yield return Error(sources.Of(cron.Id, "template_file"), $"{cron.TemplateFile}:{fault.Line}: {fault.What}", fault.Remedy);
        }
        if (host.Look(cron.InstallLocation) is not { IsDirectory: true })
        {
            yield return Error(sources.Of(cron.Id, "install_location"),
                $"the install location {cron.InstallLocation} of {cron.Id} is missing", $"mkdir -p {cron.InstallLocation}");
        }
        foreach (var finding in Script(cron, cron.Script, sources, host)) yield return finding;
    }

    private static IEnumerable<Diagnostic> Script(ResourceDefinition resource, string script, SourceMap sources, IHostFacts host)
    {
        var program = ScriptWords.First(script);
        var at = sources.Of(resource.Id, "resource_script");
        if (Find(program, host) is not { IsDirectory: false, IsReadable: true } file)
        {
            yield return Error(at, $"the script {program} of {resource.Id} is missing or cannot be read",
                "put it there on every node, or correct its path");
        }
        else if ((file.Mode & Executable) == UnixFileMode.None)
        {
            yield return Error(at, $"the script {program} of {resource.Id} is not executable", $"chmod 755 {program}");
        }
    }

    private static HostPath? Find(string program, IHostFacts host)
    {
        if (program.StartsWith('/')) return host.Look(program);
        return program.Length == 0 || program.Contains('/')
            ? null
            : SearchPath.Select(d => host.Look($"{d}/{program}")).FirstOrDefault(f => f is { IsDirectory: false });
    }
}

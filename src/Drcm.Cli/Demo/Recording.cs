using System.Diagnostics;
using Drcm.StateMachine.Configuration;

namespace Drcm.Cli.Demo;

/// <summary>A resource whose script only records: start makes a mark file, stop removes it. Kinds, names, homes, backups and options stay.</summary>
internal static class Recording
{
    public static ResourceDefinition Of(ResourceDefinition resource, DemoDirectory directory)
    {
        var script = $"{Quoted(directory.Script)} {resource.Id.Kind.ToString().ToLowerInvariant()} {Quoted(resource.Id.Nickname)}";
        return resource switch
        {
            CrontabDefinition cron => cron with
            {
                Script = script,
                TemplateFile = directory.Template(cron.Id.Nickname),
                InstallLocation = directory.InstallLocation,
                Probe = ProbeKind.Script,
            },
            IpAddressDefinition ip => ip with { Script = script, Probe = ProbeKind.Script },
            ServiceDefinition service => service with { Script = script },
            FilesystemDefinition filesystem => filesystem with { Script = script, Probe = ProbeKind.Script },
            ApplicationDefinition application => application with
            {
                User = Account.User,
                Group = Account.Group,
                StartProgram = $"{script} start",
                StopProgram = $"{script} stop",
                EnsureScript = $"{script} watch",
            },
            _ => throw new UnreachableException(resource.GetType().Name),
        };
    }

    private static string Quoted(string word) => $"'{word}'";
}

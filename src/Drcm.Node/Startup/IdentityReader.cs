using System.Net;
using Drcm.StateMachine.Configuration;

namespace Drcm.Node.Startup;

/// <summary>Reads cm.cfg and the auth key, and finds out which node this is. Every refusal names the file and the remedy.</summary>
internal static class IdentityReader
{
    /// <exception cref="StartupException">Any of it cannot be used.</exception>
    public static NodeIdentity Read(DaemonArguments arguments)
    {
        var config = CmConfigReader.Read(ReadText(arguments.ConfigFile));
        if (config.Definition is not { } definition)
        {
            var errors = config.Diagnostics.Where(d => d.Severity == Severity.Error).Select(d => d.Render(arguments.ConfigFile));
            throw new StartupException(
                $"{arguments.ConfigFile} cannot be used:\n{string.Join('\n', errors)}\n", "correct it and run drcm config check");
        }
        var local = config.Local with
        {
            RunDir = arguments.RunDir ?? config.Local.RunDir,
            LogDir = arguments.LogDir ?? config.Local.LogDir,
            SpoolDir = arguments.SpoolDir ?? config.Local.SpoolDir,
        };
        return new NodeIdentity
        {
            ConfigFile = arguments.ConfigFile,
            Config = config,
            Definition = definition,
            Local = local,
            Self = FindSelf(arguments, definition),
            BootId = ReadBootId(),
            AuthKey = ReadAuthKey(arguments.ConfigFile),
        };
    }

    /// <summary>Makes the run directory if need be, and refuses one that others may write to.</summary>
    /// <exception cref="StartupException">It cannot be made or is open to others.</exception>
    public static void PrepareRunDirectory(LocalSettings local) => Prepare("run_dir", local.RunDir);

    /// <summary>The same for the log and spool directories.</summary>
    /// <exception cref="StartupException">One cannot be made or is open to others.</exception>
    public static void PrepareLastingDirectories(LocalSettings local)
    {
        Prepare("log_dir", local.LogDir);
        Prepare("spool_dir", local.SpoolDir);
    }

    private static void Prepare(string key, string directory)
    {
        try
        {
            Directory.CreateDirectory(
                directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
            if (AuthKeyRules.IsWritableByOthers(File.GetUnixFileMode(directory)))
                throw new StartupException($"{key} {directory} may be written by others", $"chmod go-w {directory}");
            var probe = Path.Combine(directory, $".drcmd-{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"{key} {directory} cannot be used: {e.Message}", $"make it, and give it to the account that runs drcmd", e);
        }
    }

    private static NodeDefinition FindSelf(DaemonArguments arguments, ClusterDefinition definition)
    {
        if (arguments.Node is { } name)
        {
            return definition.Nodes.FirstOrDefault(n => n.Id.Value == name)
                ?? throw new StartupException(
                    $"{arguments.ConfigFile} has no node named {name}",
                    $"its nodes are {string.Join(", ", definition.Nodes.Select(n => n.Id))}");
        }
        var hostname = Dns.GetHostName();
        return definition.Nodes.FirstOrDefault(n => n.Hostname == hostname)
            ?? throw new StartupException(
                $"{arguments.ConfigFile} has no node with hostname {hostname}, which is what uname -n prints here",
                $"correct the hostname of one of {string.Join(", ", definition.Nodes.Select(n => n.Hostname))}, or name the node with --node");
    }

    private static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"cannot read {file}: {e.Message}", "name another file with --config, or write a first one with drcm config template", e);
        }
    }

    /// <summary>The kernel's; pretended hosts name their own.</summary>
    public static string ReadBootId() =>
        Environment.GetEnvironmentVariable("DRCM_BOOT_ID") is { Length: > 0 } given
            ? given
            : File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    private static byte[] ReadAuthKey(string configFile)
    {
        var file = AuthKeyRules.KeyPathOf(configFile);
        try
        {
            var key = File.ReadAllBytes(file);
            var fault = AuthKeyRules.Check(file, File.GetUnixFileMode(file), key.Length).FirstOrDefault(d => d.Severity == Severity.Error);
            return fault is null ? key : throw new StartupException(fault.What, fault.Remedy);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"cannot read the auth key {file}: {e.Message}",
                "make one with drcm auth init and copy it to every node, or run as the account that owns it", e);
        }
    }
}

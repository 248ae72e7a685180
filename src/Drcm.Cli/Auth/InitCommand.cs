using System.CommandLine;
using System.Text.Json;
using Drcm.Cli.Connection;
using Drcm.StateMachine.Configuration;

namespace Drcm.Cli.Auth;

/// <summary><c>drcm auth init</c>: a new key beside the configuration file, with the modes that the daemon demands.</summary>
internal static class InitCommand
{
    public static Command Create()
    {
        var config = CommonOptions.Config();
        var force = new Option<bool>("--force") { Description = "replace an existing key: nodes with the old one are then shut out" };
        var json = CommonOptions.Json();
        var command = new Command("init", "make a new auth key beside the configuration file") { config, force, json };
        command.SetAction(parsed =>
            Run(Path.GetFullPath(parsed.GetRequiredValue(config)), parsed.GetValue(force), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string configPath, bool force, bool asJson)
    {
        var path = AuthKeyRules.KeyPathOf(configPath);
        try
        {
            if (File.Exists(path) && !force)
                return Refuse($"{path} exists; keep it, or replace it with --force and copy the new one to every node");
            if (!Directory.Exists(Path.GetDirectoryName(configPath)))
                return Refuse($"{Path.GetDirectoryName(configPath)} does not exist; make it, or name the right file with --config");
            AuthKeyFile.Create(configPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refuse($"{path} cannot be written: {e.Message}; run as root, or name a file of yours with --config");
        }
        var report = AuthKeyFile.Describe(path, configPath);
        Console.WriteLine(asJson
            ? JsonSerializer.Serialize(report, AuthJson.Default.AuthReport)
            : $"{path} written, fingerprint {report.Fingerprint}\nCopy {AuthKeyRules.DirectoryOf(configPath)} to every node, modes kept: scp -rp");
        return ExitCodes.Success;
    }

    private static int Refuse(string problem)
    {
        Console.Error.WriteLine($"drcm: {problem}");
        return ExitCodes.Failed;
    }
}

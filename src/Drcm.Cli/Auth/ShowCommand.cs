using System.CommandLine;
using System.Text.Json;
using Drcm.Cli.Connection;
using Drcm.StateMachine.Configuration;

namespace Drcm.Cli.Auth;

/// <summary><c>drcm auth show</c>: where the key is, whether it may be used, its fingerprint. Never the key.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var config = CommonOptions.Config();
        var json = CommonOptions.Json();
        var command = new Command("show", "print path, mode and fingerprint of the auth key, never the key") { config, json };
        command.SetAction(parsed => Run(Path.GetFullPath(parsed.GetRequiredValue(config)), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string configPath, bool asJson)
    {
        var path = AuthKeyRules.KeyPathOf(configPath);
        AuthReport report;
        try
        {
            report = AuthKeyFile.Describe(path, configPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"drcm: {path} cannot be read: {e.Message}; run as root, or make it with drcm auth init");
            return ExitCodes.Failed;
        }
        Console.WriteLine(asJson ? JsonSerializer.Serialize(report, AuthJson.Default.AuthReport) : Text(report));
        foreach (var problem in report.Problems) Console.Error.WriteLine($"drcm: {problem}");
        return report.Usable ? ExitCodes.Success : ExitCodes.Failed;
    }

    private static string Text(AuthReport report) =>
        $"path         {report.Path}\nmode         {report.Mode}\nbytes        {report.Bytes}\nfingerprint  {report.Fingerprint}";
}

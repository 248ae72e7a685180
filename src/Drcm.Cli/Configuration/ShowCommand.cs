using System.CommandLine;
using System.Text.Json;
using Drcm.Cli.Connection;
using Drcm.StateMachine.Configuration;

namespace Drcm.Cli.Configuration;

/// <summary><c>drcm config show</c>: what a file means, every default written out.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var config = CommonOptions.Config();
        var json = CommonOptions.Json();
        var command = new Command("show", "print the effective configuration, every default written out") { config, json };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(config), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string path, bool asJson)
    {
        if (!ConfigSource.TryRead(path, out var file, out var problem))
        {
            Console.Error.WriteLine($"drcm: {problem}");
            return ExitCodes.Failed;
        }
        foreach (var finding in file.Diagnostics.Where(d => d.Severity == Severity.Error))
            Console.Error.WriteLine(finding.Render(path));
        if (file.Definition is not { } definition) return ExitCodes.Failed;
        if (asJson)
        {
            var report = ShowReport.Of(path, definition, file.Local);
            Console.WriteLine(JsonSerializer.Serialize(report, ConfigJson.Default.ShowReport));
        }
        else
        {
            Console.WriteLine($"# {path} in effect; cluster digest {ConfigDigest.Of(definition)}");
            Console.Write(CanonicalText.Render(definition, file.Local));
        }
        return ExitCodes.Success;
    }
}

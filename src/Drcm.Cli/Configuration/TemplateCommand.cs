using System.CommandLine;
using System.Text.Json;
using Drcm.Cli.Connection;
using Drcm.StateMachine.Configuration;

namespace Drcm.Cli.Configuration;

/// <summary><c>drcm config template</c>: a commented file to start from. It never overwrites one.</summary>
internal static class TemplateCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--output") { Description = "write it there instead of printing it", HelpName = "FILE" };
        var json = CommonOptions.Json();
        var command = new Command("template", "print a commented configuration of two nodes to start from") { output, json };
        command.SetAction(parsed => Run(parsed.GetValue(output), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string? output, bool asJson)
    {
        if (output is not null && Write(output) is { } problem)
        {
            Console.Error.WriteLine($"drcm: {problem}");
            return ExitCodes.Failed;
        }
        if (asJson)
            Console.WriteLine(JsonSerializer.Serialize(new TemplateReport(output, ConfigTemplate.Text), ConfigJson.Default.TemplateReport));
        else if (output is null)
            Console.Write(ConfigTemplate.Text);
        else
            Console.WriteLine($"{output} written; edit it, then drcm config check --config {output}");
        return ExitCodes.Success;
    }

    private static string? Write(string output)
    {
        try
        {
            using var file = new FileStream(output, FileMode.CreateNew, FileAccess.Write);
            using var writer = new StreamWriter(file);
            writer.Write(ConfigTemplate.Text);
            return null;
        }
        catch (IOException) when (File.Exists(output))
        {
            return $"{output} exists; move it away or name another file with --output";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"{output} cannot be written: {e.Message}; name another file with --output";
        }
    }
}

/// <param name="Output">Where it was written; null if nowhere.</param>
internal sealed record TemplateReport(string? Output, string Text);

using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Drcm.Cli.Connection;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;

namespace Drcm.Cli.Configuration;

/// <summary><c>drcm config check</c>: every finding in the file and on this host, then what the cluster is.</summary>
internal static class CheckCommand
{
    private const int LabelWidth = 14;

    /// <summary>Exit code of a file with warnings but no errors (DESIGN 11).</summary>
    private const int Warnings = 2;

    public static Command Create()
    {
        var config = CommonOptions.Config();
        var json = CommonOptions.Json();
        var node = new Option<string>("--node") { Description = "check as this node, whatever the hostname", HelpName = "NODENAME" };
        var command = new Command("check", "report every problem of a configuration file, and the time budget it means")
        {
            config, node, json,
        };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(config), parsed.GetValue(node), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string path, string? node, bool asJson)
    {
        if (!ConfigSource.TryRead(path, out var file, out var problem))
        {
            Console.Error.WriteLine($"drcm: {problem}");
            return ExitCodes.Failed;
        }
        var host = HostCheck.Check(file, Path.GetFullPath(path), node is null ? null : new NodeId(node), new LinuxHost());
        ImmutableArray<Diagnostic> findings =
            [.. file.Diagnostics.Concat(host).OrderBy(d => d.Line).ThenBy(d => d.Column)];
        if (asJson)
            Console.WriteLine(JsonSerializer.Serialize(CheckReport.Of(path, findings, file.Definition), ConfigJson.Default.CheckReport));
        else
            Print(path, findings, file.Definition);
        return ExitCodeOf(findings);
    }

    private static int ExitCodeOf(ImmutableArray<Diagnostic> findings) =>
        findings.Any(d => d.Severity == Severity.Error) ? ExitCodes.Failed
        : findings.IsEmpty ? ExitCodes.Success
        : Warnings;

    private static void Print(string path, ImmutableArray<Diagnostic> findings, ClusterDefinition? definition)
    {
        foreach (var finding in findings) Console.WriteLine(Coloured(finding, path));
        if (!findings.IsEmpty) Console.WriteLine();
        var errors = findings.Count(d => d.Severity == Severity.Error);
        Console.WriteLine($"{Paint.Bold(path)}: {Count(errors, "error")}, {Count(findings.Length - errors, "warning")}");
        if (definition is null)
        {
            Console.WriteLine("No daemon can run by this file.");
            return;
        }
        foreach (var (label, text) in ConfigSummary.Of(definition).Lines())
            Console.WriteLine($"  {Paint.Bold(label.PadRight(LabelWidth))}{text}");
    }

    private static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";

    private static string Coloured(Diagnostic finding, string path)
    {
        var line = finding.Render(path);
        return finding.Severity == Severity.Error
            ? line.Replace(": error: ", $": {Paint.Red("error")}: ", StringComparison.Ordinal)
            : line.Replace(": warning: ", $": {Paint.Yellow("warning")}: ", StringComparison.Ordinal);
    }
}

using System.CommandLine;
using System.CommandLine.Help;
using Drcm.Cli.Auth;
using Drcm.Cli.Configuration;
using Drcm.Cli.Connection;
using Drcm.Cli.Crontabs;
using Drcm.Cli.Demo;
using Drcm.Cli.Events;
using Drcm.Cli.Explanations;
using Drcm.Cli.Log;
using Drcm.Cli.Operations;
using Drcm.Cli.Ping;
using Drcm.Cli.Release;
using Drcm.Cli.Status;

namespace Drcm.Cli;

/// <summary><c>drcm</c> itself: the list of its commands, help when called alone, and exit code 2 for wrong usage.</summary>
internal static class DrcmCommand
{
    /// <summary>After Ctrl-C or SIGTERM, for a command to take away what it made; a busy machine needs some of it.</summary>
    private static readonly TimeSpan CleanUpTimeout = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is [LogCommand.Name or LogCommand.AuditName or CronExecCommand.Name, ..]) return LogCommand.Become(args);
        var parsed = Create().Parse(args);
        if (parsed.Errors.Count == 0) return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = CleanUpTimeout });
        foreach (var error in parsed.Errors) Console.Error.WriteLine($"drcm: {error.Message}");
        Console.Error.WriteLine($"drcm: {PathOf(parsed.CommandResult.Command)} --help says how it is used");
        return ExitCodes.Usage;
    }

    private static RootCommand Create()
    {
        var root = new RootCommand("drcm keeps a group of servers serving when some of them die.")
        {
            DemoCommand.Create(),
            StatusCommand.Create(),
            WhyCommand.Create(),
            EventsCommand.Create(),
            LogCommand.CreateAudit(),
            NodeCommand.Create(),
            ResourceCommand.Create(),
            MaintenanceCommand.Create(),
            ConfigCommand.Create(),
            AuthCommand.Create(),
            LogCommand.Create(),
            CronExecCommand.Create(),
            PingCommand.Create(),
            VersionCommand.Create(),
        };
        root.SetAction(parsed => new HelpAction().Invoke(parsed));
        return root;
    }

    private static string PathOf(Command command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? "drcm" : $"{PathOf(parent)} {command.Name}";
    }
}

using System.CommandLine;
using Drcm.Cli.Connection;

namespace Drcm.Cli.Demo;

/// <summary><c>drcm demo</c>: a real cluster on this machine, and what it does when a host dies.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var command = new Command("demo", "a real cluster on loopback addresses: healthy, owner killed, takeover, failback");
        var nodes = new Option<int>("--nodes")
        {
            Description = $"daemons to start, {DemoOptions.NodesMin} to {DemoOptions.NodesMax} (default 3)",
            HelpName = "N",
            DefaultValueFactory = _ => 3,
        };
        var config = new Option<string>("--config")
        {
            Description = "take nodes, resources and backups from this cm.cfg; its scripts are replaced by recording ones",
            HelpName = "FILE",
        };
        var fault = new Option<string>("--fault") { Description = "what happens to the owner: host (all of it is gone at once)", HelpName = "KIND", DefaultValueFactory = _ => "host" };
        var json = new Option<bool>("--json") { Description = "one result object, no pauses" };
        var keep = new Option<bool>("--keep") { Description = "leave the temporary directory: logs, marks, journal of the scripts" };
        foreach (var option in new Option[] { nodes, config, fault, json, keep }) command.Options.Add(option);
        command.SetBody(async (parsed, cancellationToken) =>
        {
            CheckFault(parsed.GetValue(fault)!);
            var count = parsed.GetValue(nodes);
            if (count is < DemoOptions.NodesMin or > DemoOptions.NodesMax)
            {
                throw new ControlException(
                    $"--nodes {count} is out of range", $"use {DemoOptions.NodesMin} to {DemoOptions.NodesMax}", ExitCodes.Usage);
            }
            var options = new DemoOptions(count, parsed.GetValue(config), parsed.GetValue(json), parsed.GetValue(keep));
            return await DemoRun.RunAsync(options, cancellationToken);
        });
        return command;
    }

    private static void CheckFault(string fault)
    {
        if (fault == "host") return;
        throw fault is "daemon" or "freeze"
            ? new ControlException($"--fault {fault} is not built yet", "use --fault host", ExitCodes.Usage)
            : new ControlException($"--fault {fault} is unknown", "use --fault host", ExitCodes.Usage);
    }
}

using System.CommandLine;
using Drcm.Cli.Events;
using Drcm.Cli.Ping;
using Drcm.Cli.Release;
using Drcm.Cli.Status;

var root = new RootCommand("drcm keeps a group of servers serving when some of them die.")
{
    StatusCommand.Create(),
    EventsCommand.Create(),
    PingCommand.Create(),
    VersionCommand.Create(),
};
return await root.Parse(args).InvokeAsync();

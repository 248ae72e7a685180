using System.CommandLine;
using System.CommandLine.Help;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Operations;

/// <summary><c>drcm maintenance</c>: nothing is started, moved or stopped by the rules. Leases go on: what is exclusive is released at their end all the same.</summary>
internal static class MaintenanceCommand
{
    public static Command Create()
    {
        var command = new Command("maintenance", "have the cluster start, move and stop nothing for a while; a node that loses its lease still releases what is exclusive")
        {
            new Command("on", "begin").Changing(_ => new ControlRequest(ControlProtocol.Version, ControlProtocol.MaintenanceOn)),
            new Command("off", "end: the rules place slots again").Changing(_ => new ControlRequest(ControlProtocol.Version, ControlProtocol.MaintenanceOff)),
        };
        command.SetAction(parsed => new HelpAction().Invoke(parsed));
        return command;
    }
}

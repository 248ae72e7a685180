using System.CommandLine;
using System.CommandLine.Help;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Operations;

/// <summary><c>drcm node</c>: what an operator says of a node.</summary>
internal static class NodeCommand
{
    public static Command Create()
    {
        var command = new Command("node", "put a node on standby or activate it; vouch that a dead one is switched off")
        {
            Of("standby", "the node gives its slots to others and takes none, until it is activated; it goes on voting", ControlProtocol.NodeStandby),
            Of("activate", "end a standby: the node takes slots again", ControlProtocol.NodeActivate),
            ConfirmDownCommand.Create(),
        };
        command.SetAction(parsed => new HelpAction().Invoke(parsed));
        return command;
    }

    public static Argument<string> Name() => new("NODE") { Description = "its nodename in cm.cfg" };

    private static Command Of(string name, string description, string request)
    {
        var node = Name();
        return new Command(name, description) { node }
            .Changing(parsed => new ControlRequest(ControlProtocol.Version, request, Node: parsed.GetRequiredValue(node)));
    }
}

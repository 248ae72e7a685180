using System.CommandLine;
using System.CommandLine.Help;
using Drcm.Cli.Connection;
using Drcm.StateMachine;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Operations;

/// <summary><c>drcm resource</c>: where an operator wants a resource.</summary>
internal static class ResourceCommand
{
    public static Command Create()
    {
        var command = new Command("resource", "move a resource to a node; forget its failures") { Move(), Clear() };
        command.SetAction(parsed => new HelpAction().Invoke(parsed));
        return command;
    }

    private static Command Move()
    {
        var resource = Name();
        var node = new Argument<string?>("NODE")
        {
            Description = "where it shall run; left out: an earlier move is taken back, and the rules place it",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return new Command("move", "its owner stops it, then NODE starts it; it stays there until the node dies or the move is taken back") { resource, node }
            .Changing(async (parsed, client, cancellationToken) => new ControlRequest(
                ControlProtocol.Version,
                ControlProtocol.ResourceMove,
                Node: parsed.GetValue(node),
                Resource: await SlotAsync(client, parsed.GetRequiredValue(resource), cancellationToken)));
    }

    private static Command Clear()
    {
        var resource = Name();
        return new Command("clear", "forget its failures: nodes that failed it may try again at once") { resource }
            .Changing(async (parsed, client, cancellationToken) => new ControlRequest(
                ControlProtocol.Version,
                ControlProtocol.ResourceClear,
                Resource: await SlotAsync(client, parsed.GetRequiredValue(resource), cancellationToken)));
    }

    private static Argument<string> Name() =>
        new("RESOURCE") { Description = "kind:nickname@home; shorter, nickname or kind:nickname, where that is one slot" };

    /// <exception cref="ControlException">It names none, or several.</exception>
    private static async Task<string> SlotAsync(ControlClient client, string name, CancellationToken cancellationToken)
    {
        if (SlotId.TryParse(name, out _)) return name;
        var slots = (await client.StatusAsync(cancellationToken)).Slots
            .Where(slot => slot.Nickname == name || $"{slot.Kind}:{slot.Nickname}" == name).Select(slot => slot.Slot).ToList();
        return slots switch
        {
            [var one] => one,
            [] => throw new ControlException($"no slot of this cluster is called {name}", "drcm status lists them", ExitCodes.Failed),
            _ => throw new ControlException($"{name} is more than one slot", $"name one: {string.Join(", ", slots)}", ExitCodes.Usage),
        };
    }
}

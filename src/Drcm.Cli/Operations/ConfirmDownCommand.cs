using System.CommandLine;
using Drcm.Cli.Connection;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Operations;

/// <summary><c>drcm node confirm-down</c>: an operator vouches that a node cannot act. The one command that can make two owners, so it asks.</summary>
internal static class ConfirmDownCommand
{
    private const string Explanation =
        "vouch that a node which is down is switched off, so that others may start what it may still run (slots in state unknown). "
        + "Only after you have seen it: if the host still runs, two nodes own the same thing. Refused while the node is up or heard";

    public static Command Create()
    {
        var node = NodeCommand.Name();
        var reason = new Option<string?>("--reason")
        {
            Description = $"why you are sure, for the log; at most {ControlProtocol.ReasonCharsMax} characters",
            HelpName = "TEXT",
        };
        var yes = new Option<bool>("--yes") { Description = "do not ask" };
        return new Command("confirm-down", Explanation) { node, reason, yes }.Changing(async (parsed, client, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(node);
            if (!parsed.GetValue(yes)) Ask(name, await client.StatusAsync(cancellationToken));
            return new ControlRequest(ControlProtocol.Version, ControlProtocol.ConfirmDown, Node: name, Reason: parsed.GetValue(reason));
        });
    }

    /// <exception cref="ControlException">Not confirmed, or nobody there to confirm.</exception>
    private static void Ask(string node, ClusterStatus status)
    {
        if (Console.IsInputRedirected)
            throw new ControlException("confirm-down asks on a terminal, and there is none", "give --yes when you have seen that the host is off", ExitCodes.Usage);
        var held = status.Slots.Where(slot => slot.Owner == node).Select(slot => slot.Slot).ToList();
        Console.Error.WriteLine(held.Count == 0
            ? $"The log lets {node} hold nothing now."
            : $"Others will start at once what {node} holds: {string.Join(", ", held)}.");
        Console.Error.WriteLine("If that host still runs, two nodes own the same thing.");
        Console.Error.Write($"Type {node} to confirm that it is switched off: ");
        if (Console.ReadLine()?.Trim() != node) throw new ControlException("not confirmed, nothing was changed", "", ExitCodes.Failed);
    }
}

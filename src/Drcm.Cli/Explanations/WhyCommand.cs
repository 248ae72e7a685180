using System.CommandLine;
using System.Text.Json;
using Drcm.Cli.Connection;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Explanations;

namespace Drcm.Cli.Explanations;

/// <summary><c>drcm why</c>: why a resource is where it is and not elsewhere, or why a node is as it is; and what would change that.</summary>
internal static class WhyCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "a resource (kind:nickname@home, kind:nickname or nickname) or a node" };
        var at = new Option<string>("--at") { Description = $"as it was then: {TimeText.Help}", HelpName = "TIME" };
        var json = new Option<bool>("--json") { Description = "one JSON object per line" };
        var command = new Command("why", "why a resource is where it is and not elsewhere, or why a node is as it is; what would change that") { name, at, json };
        var daemon = new SocketArguments();
        daemon.AddTo(command);
        command.SetBody(async (parsed, cancellationToken) =>
        {
            var isFirst = true;
            await foreach (var answer in daemon.Client(parsed).WhyAsync(parsed.GetValue(name)!, TimeArgument.Of("--at", parsed.GetValue(at)), cancellationToken))
            {
                if (parsed.GetValue(json))
                {
                    Console.Out.WriteLine(JsonSerializer.Serialize(answer, ControlJson.Default.Explanation));
                    continue;
                }
                if (!isFirst) Console.Out.WriteLine();
                isFirst = false;
                foreach (var line in WhyText.Lines(answer, t => $"{TimeText.Exact(t)}  ")) Console.Out.WriteLine(line);
            }
            return ExitCodes.Success;
        });
        return command;
    }
}

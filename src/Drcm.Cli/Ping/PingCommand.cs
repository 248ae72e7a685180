using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Drcm.Cli.Connection;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Ping;

/// <summary><c>drcm ping</c>: does the daemon answer, and whom does it hear?</summary>
internal static class PingCommand
{
    public static Command Create()
    {
        var command = new Command("ping", "which nodes the local daemon hears");
        var daemon = new SocketArguments();
        var json = new Option<bool>("--json") { Description = "one JSON object" };
        command.Options.Add(json);
        daemon.AddTo(command);
        command.SetBody(async (parsed, cancellationToken) =>
        {
            var answer = await daemon.Client(parsed).PingAsync(cancellationToken);
            if (parsed.GetValue(json)) Console.Out.WriteLine(JsonSerializer.Serialize(answer, ControlJson.Default.PingAnswer));
            else foreach (var node in answer.Nodes) Console.Out.WriteLine(Line(node, answer.Node));
            return answer.Nodes.All(node => node.Answers) ? ExitCodes.Success : ExitCodes.Failed;
        });
        return command;
    }

    private static string Line(PingLine node, string self)
    {
        if (node.Name == self) return $"{node.Name} at {node.Address}: answers on its control socket";
        if (node.HeardMs is not { } heard) return $"{node.Name} at {node.Address}: never heard";
        var ago = heard.ToString("0", CultureInfo.InvariantCulture);
        return node.Answers
            ? $"{node.Name} at {node.Address}: heard {ago} ms ago"
            : $"{node.Name} at {node.Address}: silent for {ago} ms";
    }
}

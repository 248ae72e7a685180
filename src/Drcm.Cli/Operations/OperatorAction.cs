using System.CommandLine;
using System.Text.Json;
using Drcm.Cli.Connection;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Nodes;

namespace Drcm.Cli.Operations;

/// <summary>What the commands of the operator's hand have in common: one request, one fate, said in the leader's own words.</summary>
internal static class OperatorAction
{
    /// <param name="request">Made when the arguments are read; may ask the daemon first.</param>
    public static Command Changing(this Command command, Func<ParseResult, ControlClient, CancellationToken, Task<ControlRequest>> request)
    {
        var daemon = new SocketArguments();
        var json = CommonOptions.Json();
        command.Options.Add(json);
        daemon.AddTo(command);
        command.SetBody(async (parsed, cancellationToken) =>
        {
            var client = daemon.Client(parsed);
            var answer = await client.CommandAsync(await request(parsed, client, cancellationToken), cancellationToken);
            if (parsed.GetValue(json)) Console.Out.WriteLine(JsonSerializer.Serialize(answer, ControlJson.Default.CommandAnswer));
            else Print(answer);
            return answer.Outcome == CommandOutcome.Committed ? ExitCodes.Success : ExitCodes.Failed;
        });
        return command;
    }

    public static Command Changing(this Command command, Func<ParseResult, ControlRequest> request) =>
        command.Changing((parsed, _, _) => Task.FromResult(request(parsed)));

    private static void Print(CommandAnswer answer)
    {
        switch (answer.Outcome)
        {
            case CommandOutcome.Committed:
                foreach (var line in answer.Lines) Console.Out.WriteLine(line);
                Console.Out.WriteLine($"In the log at index {answer.Index}; drcm status shows what follows.");
                break;
            case CommandOutcome.Unknown:
                Console.Error.WriteLine($"drcm: unknown whether it is in the log: {string.Join("; ", answer.Lines)}");
                Console.Error.WriteLine("drcm: look with drcm events tail -n 5; asking once more does no harm");
                break;
            case CommandOutcome.Refused or CommandOutcome.NotLeading:
                foreach (var line in answer.Lines) Console.Error.WriteLine($"drcm: refused: {line}");
                break;
        }
    }
}

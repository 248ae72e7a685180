using System.CommandLine;
using System.Text.Json;
using Drcm.Cli.Connection;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Nodes;

namespace Drcm.Cli.Configuration;

/// <summary><c>drcm config apply</c>: brings a file into force on the whole running cluster.</summary>
internal static class ApplyCommand
{
    private const string Explanation =
        "bring a changed cm.cfg into force on the whole running cluster: it is checked, committed in the log, and written to every node as its own cm.cfg "
        + "(the former one stays beside it as cm.cfg.previous). Nodes and voters it adds or takes away follow one by one; what it takes away is stopped first. "
        + "Until a file is applied the cluster runs by the configuration in its log, whatever a node's own file says";

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "the new cm.cfg" };
        var json = CommonOptions.Json();
        var daemon = new SocketArguments();
        var command = new Command("apply", Explanation) { file, json };
        daemon.AddTo(command);
        command.SetBody((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(file), parsed.GetValue(json), daemon.Client(parsed), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string path, bool asJson, ControlClient client, CancellationToken cancellationToken)
    {
        if (!ConfigSource.TryRead(path, out var read, out var problem)) throw new ControlException(problem, "", ExitCodes.Failed);
        var errors = 0;
        foreach (var finding in read.Diagnostics)
        {
            await Console.Error.WriteLineAsync(finding.Render(path));
            if (finding.Severity == Severity.Error) errors++;
        }
        if (errors > 0)
        {
            throw new ControlException(
                $"{path} has {(errors == 1 ? "1 error" : $"{errors} errors")}, nothing was changed", "correct the file and apply it again", ExitCodes.Failed);
        }
        var answer = await client.CommandAsync(
            new ControlRequest(ControlProtocol.Version, ControlProtocol.ConfigApply, File: await File.ReadAllTextAsync(path, cancellationToken)), cancellationToken);
        if (asJson) Console.Out.WriteLine(JsonSerializer.Serialize(answer, ControlJson.Default.CommandAnswer));
        else Print(path, answer);
        return answer.Outcome == CommandOutcome.Committed ? ExitCodes.Success : ExitCodes.Failed;
    }

    private static void Print(string path, CommandAnswer answer)
    {
        switch (answer.Outcome)
        {
            case CommandOutcome.Committed:
                Console.Out.WriteLine($"{path} is in force since index {answer.Index}.");
                foreach (var line in answer.Lines) Console.Out.WriteLine($"  {line}");
                if (answer.Lines.IsEmpty) Console.Out.WriteLine("  it means the same as before; every node has its text now");
                Console.Out.WriteLine("drcm status shows how the nodes follow.");
                break;
            case CommandOutcome.Unknown:
                Console.Error.WriteLine($"drcm: unknown whether {path} is in force: {string.Join("; ", answer.Lines)}");
                Console.Error.WriteLine("drcm: look with drcm events tail -n 5; applying it once more does no harm");
                break;
            case CommandOutcome.Refused or CommandOutcome.NotLeading:
                foreach (var line in answer.Lines) Console.Error.WriteLine($"drcm: refused: {line}");
                break;
        }
    }
}

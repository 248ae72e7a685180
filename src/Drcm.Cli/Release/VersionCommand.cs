using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using Drcm.Cli.Connection;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Release;

/// <summary><c>drcm version</c>: of this program, and of the daemon where one answers.</summary>
internal static class VersionCommand
{
    public static string Own { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public static Command Create()
    {
        var command = new Command("version", "release of drcm, and of the local daemon");
        var daemon = new SocketArguments();
        var json = new Option<bool>("--json") { Description = "one JSON object" };
        command.Options.Add(json);
        daemon.AddTo(command);
        command.SetBody(async (parsed, cancellationToken) =>
        {
            var client = daemon.Client(parsed);
            VersionAnswer? answer = null;
            string? why = null;
            try
            {
                answer = await client.VersionAsync(cancellationToken);
            }
            catch (ControlException e)
            {
                why = e.Message;
            }
            if (parsed.GetValue(json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(new VersionLine(Own, answer?.Version, answer?.Node), VersionJson.Default.VersionLine));
                return ExitCodes.Success;
            }
            Console.Out.WriteLine($"drcm {Own}");
            Console.Out.WriteLine(answer is null ? $"drcmd: {why}" : $"drcmd {answer.Version} on {answer.Node}");
            return ExitCodes.Success;
        });
        return command;
    }
}

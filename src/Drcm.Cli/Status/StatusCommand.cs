using System.CommandLine;
using System.Text.Json;
using Drcm.Cli.Connection;
using Drcm.Cli.Output;
using Drcm.StateMachine.Control;
using Spectre.Console;

namespace Drcm.Cli.Status;

/// <summary><c>drcm status</c>: who owns what, since when, why.</summary>
internal static class StatusCommand
{
    /// <summary>Between two looks of --watch: as fast as an eye follows.</summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(500);

    public static Command Create()
    {
        var command = new Command("status", "who owns what, since when, why");
        var daemon = new SocketArguments();
        var watch = new Option<bool>("--watch") { Description = "redraw until Ctrl-C" };
        var json = new Option<bool>("--json") { Description = "one JSON object (with --watch: one per line)" };
        var check = new Option<bool>("--check") { Description = "one line and a Nagios plugin's exit code: 0 good, 1 degraded, 2 critical, 3 unreachable" };
        command.Options.Add(watch);
        command.Options.Add(json);
        command.Options.Add(check);
        daemon.AddTo(command);
        command.SetBody(async (parsed, cancellationToken) =>
        {
            var client = daemon.Client(parsed);
            if (parsed.GetValue(check)) return await CheckAsync(client, cancellationToken);
            if (parsed.GetValue(watch)) return await WatchAsync(client, parsed.GetValue(json), cancellationToken);
            var status = await client.StatusAsync(cancellationToken);
            Show(status, parsed.GetValue(json));
            return status.Cluster.HasQuorum ? ExitCodes.Success : ExitCodes.Unavailable;
        });
        return command;
    }

    private static void Show(ClusterStatus status, bool json)
    {
        if (json) Console.Out.WriteLine(JsonSerializer.Serialize(status, ControlJson.Default.ClusterStatus));
        else if (Terminal.IsPerson) Terminal.Draw().Write(StatusPage.Drawn(status));
        else Console.Out.Write(StatusPage.Plain(status));
    }

    private static async Task<int> CheckAsync(ControlClient client, CancellationToken cancellationToken)
    {
        var health = Health.Of(await client.StatusAsync(cancellationToken));
        var word = health.Level switch
        {
            HealthLevel.Good => "OK",
            HealthLevel.Degraded => "WARNING",
            HealthLevel.Critical => "CRITICAL",
        };
        Console.Out.WriteLine($"DRCM {word}: {string.Join(" ", health.Sentences)}");
        return (int)health.Level;
    }

    private static async Task<int> WatchAsync(ControlClient client, bool json, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(WatchInterval);
        if (json || !Terminal.IsPerson)
        {
            do
            {
                Show(await client.StatusAsync(cancellationToken), json);
                if (!json) Console.Out.WriteLine();
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
            return ExitCodes.Success;
        }
        var first = await client.StatusAsync(cancellationToken);
        await Terminal.Draw().Live(StatusPage.Drawn(first)).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
        {
            do
            {
                live.UpdateTarget(StatusPage.Drawn(await client.StatusAsync(cancellationToken)));
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        });
        return ExitCodes.Success;
    }
}

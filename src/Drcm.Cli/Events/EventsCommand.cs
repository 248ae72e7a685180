using System.CommandLine;
using System.Text.Json;
using Drcm.Cli.Connection;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Events;

/// <summary><c>drcm events tail</c>: the committed events, live.</summary>
internal static class EventsCommand
{
    private const int DefaultLast = 20;

    public static Command Create()
    {
        var tail = new Command("tail", "the newest committed events, with their reasons");
        var daemon = new SocketArguments();
        var follow = new Option<bool>("--follow", "-f") { Description = "go on with what is committed from now on" };
        var last = new Option<int?>("--lines", "-n") { Description = $"how many of the past (default {DefaultLast}; all with --since)", HelpName = "N" };
        var since = new Option<string>("--since") { Description = $"only events since then: {TimeText.Help}", HelpName = "TIME" };
        var resource = new Option<string>("--resource") { Description = "only events about this kind:nickname or nickname", HelpName = "NAME" };
        var node = new Option<string>("--node") { Description = "only events about this node", HelpName = "NAME" };
        var json = new Option<bool>("--json") { Description = "one JSON object per line" };
        foreach (var option in new Option[] { follow, last, since, resource, node, json }) tail.Options.Add(option);
        daemon.AddTo(tail);
        tail.SetBody(async (parsed, cancellationToken) =>
        {
            var from = Since(parsed.GetValue(since));
            var request = new ControlRequest(
                ControlProtocol.Version,
                ControlProtocol.Events,
                Follow: parsed.GetValue(follow),
                Last: Last(parsed.GetValue(last), from),
                Since: from,
                Node: parsed.GetValue(node),
                Resource: parsed.GetValue(resource));
            var asJson = parsed.GetValue(json);
            await foreach (var line in daemon.Client(parsed).EventsAsync(request, cancellationToken))
            {
                Console.Out.WriteLine(asJson ? JsonSerializer.Serialize(line, ControlJson.Default.EventLine) : EventText.Line(line));
            }
            return ExitCodes.Success;
        });
        return new Command("events", "what happened in the cluster, as committed") { tail };
    }

    private static int? Last(int? asked, DateTimeOffset? since)
    {
        if (asked is < 0 or > ControlProtocol.LastEventsMax)
        {
            throw new ControlException($"-n {asked} is out of range", $"use 0 to {ControlProtocol.LastEventsMax}, or --since for more", ExitCodes.Usage);
        }
        return asked ?? (since is null ? DefaultLast : null);
    }

    private static DateTimeOffset? Since(string? text)
    {
        if (text is null) return null;
        return TimeText.TryParse(text, DateTimeOffset.Now, out var at)
            ? at
            : throw new ControlException($"--since {text} is no time", $"write {TimeText.Help}", ExitCodes.Usage);
    }
}

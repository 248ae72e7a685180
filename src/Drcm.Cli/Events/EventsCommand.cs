using System.CommandLine;
using System.Text.Json;
using Drcm.Cli.Connection;
using Drcm.Cli.Output;
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
        var follow = new Option<bool>("--follow", "-f") { Description = "go on with what is committed from now on, also over a restart of the daemon" };
        var last = new Option<int?>("--lines", "-n") { Description = $"how many of the past (default {DefaultLast}; all with --since or --after)", HelpName = "N" };
        var since = new Option<string>("--since") { Description = $"only events since then: {TimeText.Help}", HelpName = "TIME" };
        var until = new Option<string>("--until") { Description = "only events up to then", HelpName = "TIME" };
        var after = new Option<long?>("--after") { Description = "only events above this index: to go on where you stopped", HelpName = "INDEX" };
        var resource = new Option<string>("--resource") { Description = "only events about this kind:nickname or nickname", HelpName = "NAME" };
        var node = new Option<string>("--node") { Description = "only events about this node", HelpName = "NAME" };
        var type = new Option<string>("--type") { Description = "only events of this name (node.down) or family (node)", HelpName = "NAME" };
        var json = new Option<bool>("--json") { Description = "one JSON object per line: docs/events.md" };
        foreach (var option in new Option[] { follow, last, since, until, after, resource, node, type, json }) tail.Options.Add(option);
        daemon.AddTo(tail);
        tail.SetBody(async (parsed, cancellationToken) =>
        {
            var request = new ControlRequest(
                ControlProtocol.Version,
                ControlProtocol.Events,
                After: After(parsed.GetValue(after)),
                Follow: parsed.GetValue(follow),
                Since: TimeArgument.Of("--since", parsed.GetValue(since)),
                Node: parsed.GetValue(node),
                Resource: parsed.GetValue(resource),
                Until: TimeArgument.Of("--until", parsed.GetValue(until)),
                Type: parsed.GetValue(type));
            EventNamesKnown.CheckType(request.Type);
            request = request with { Last = Last(parsed.GetValue(last), isBounded: request.Since is not null || parsed.GetValue(after) is not null) };
            await PrintAsync(daemon.Client(parsed), request, parsed.GetValue(json), cancellationToken);
            return ExitCodes.Success;
        });
        return new Command("events", "what happened in the cluster, as committed") { tail };
    }

    private static async Task PrintAsync(ControlClient client, ControlRequest request, bool asJson, CancellationToken cancellationToken)
    {
        var unknown = request.Node is null && request.Resource is null
            ? null
            : EventNamesKnown.Unknown(request, await client.StatusAsync(cancellationToken));
        if (unknown is not null && request.Follow) throw unknown;
        var inColour = Terminal.HasColour;
        var wasAny = false;
        var tail = new EventTail(client, lost => Console.Error.WriteLine($"drcm: {lost.Message}; waiting until it answers again"));
        await foreach (var line in tail.ReadAsync(request, cancellationToken))
        {
            wasAny |= line.Event != EventLines.GapName;
            Console.Out.WriteLine(asJson ? JsonSerializer.Serialize(line, ControlJson.Default.EventLine) : EventText.Line(line, inColour));
        }
        // What has left the cluster may have a past here; what has none was never there.
        if (!wasAny && unknown is not null) throw unknown;
    }

    private static long After(long? asked) => asked is < 0
        ? throw new ControlException($"--after {asked} is out of range", "indexes begin at 1; 0 stands before the first", ExitCodes.Usage)
        : asked ?? 0;

    private static int? Last(int? asked, bool isBounded)
    {
        if (asked is < 0 or > ControlProtocol.LastEventsMax)
        {
            throw new ControlException($"-n {asked} is out of range", $"use 0 to {ControlProtocol.LastEventsMax}, or --since for more", ExitCodes.Usage);
        }
        return asked ?? (isBounded ? null : DefaultLast);
    }
}

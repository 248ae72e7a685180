using Drcm.Cli.Output;
using Drcm.StateMachine.Control;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Drcm.Cli.Status;

/// <summary>A whole status, for a pipe or for a terminal.</summary>
internal static class StatusPage
{
    /// <summary>Characters; a narrower terminal shows less rather than columns of broken words.</summary>
    private const int WidthForEverything = 130;

    public static string Plain(ClusterStatus status) =>
        $"{StatusTables.Heading(status)}\n"
        + (StatusTables.Margin(status) is { Length: > 0 } margin ? $"{margin}\n" : "")
        + (StatusTables.Protection(status) is { Length: > 0 } protection ? $"{protection}\n\n" : "\n")
        + $"{PlainTable.Render(StatusTables.Nodes(status))}\n"
        + $"{PlainTable.Render(StatusTables.Resources(status))}\n"
        + string.Concat(Health.Of(status).Sentences.Select(sentence => sentence + "\n"));

    public static IRenderable Drawn(ClusterStatus status)
    {
        var health = Health.Of(status);
        var isNarrow = Console.WindowWidth < WidthForEverything;
        var nodes = StatusTables.Nodes(status);
        var resources = StatusTables.Resources(status);
        var style = TerminalTable.StyleOf(StatusTables.ToneOf(health.Level));
        return new Rows(
        [
            new Text(StatusTables.Heading(status)),
            new Text(StatusTables.Margin(status)),
            new Text(StatusTables.Protection(status)),
            Text.Empty,
            TerminalTable.Render(isNarrow ? nodes.Without("HOSTNAME").Without("ADDRESS") : nodes),
            Text.Empty,
            TerminalTable.Render(isNarrow ? resources.Without("WHAT") : resources),
            Text.Empty,
            .. health.Sentences.Select(sentence => new Text(sentence, style)),
        ]);
    }
}

using Drcm.Cli.Output;
using Drcm.StateMachine.Control;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Drcm.Cli.Status;

/// <summary>A whole status, for a pipe or for a terminal.</summary>
internal static class StatusPage
{
    public static string Plain(ClusterStatus status) =>
        $"{StatusTables.Heading(status)}\n\n"
        + $"{PlainTable.Render(StatusTables.Nodes(status))}\n"
        + $"{PlainTable.Render(StatusTables.Resources(status))}\n"
        + string.Concat(Health.Of(status).Sentences.Select(sentence => sentence + "\n"));

    public static IRenderable Drawn(ClusterStatus status)
    {
        var health = Health.Of(status);
        var style = TerminalTable.StyleOf(StatusTables.ToneOf(health.Level));
        return new Rows(
        [
            new Text(StatusTables.Heading(status)),
            Text.Empty,
            TerminalTable.Render(StatusTables.Nodes(status)),
            Text.Empty,
            TerminalTable.Render(StatusTables.Resources(status)),
            Text.Empty,
            .. health.Sentences.Select(sentence => new Text(sentence, style)),
        ]);
    }
}

using Spectre.Console;

namespace Drcm.Cli.Output;

/// <summary>The same table with colour, wrapped to the terminal.</summary>
internal static class TerminalTable
{
    /// <summary>Columns that may take several lines.</summary>
    private static readonly string[] LongTexts = ["WHAT", "WHY"];

    public static Table Render(TableModel table)
    {
        var drawn = new Table { Border = TableBorder.None, UseSafeBorder = false };
        foreach (var header in table.Headers)
        {
            var column = new TableColumn(new Text(header, new Style(decoration: Decoration.Bold))) { Padding = new Padding(0, 0, 2, 0) };
            if (!LongTexts.Contains(header)) column.NoWrap();
            drawn.AddColumn(column);
        }
        foreach (var row in table.Rows) drawn.AddRow(row.Select(cell => new Text(cell.Text, StyleOf(cell.Tone))));
        return drawn;
    }

    public static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Plain => Style.Plain,
        Tone.Good => new Style(Color.Green),
        Tone.Warn => new Style(Color.Yellow),
        Tone.Bad => new Style(Color.Red, decoration: Decoration.Bold),
        Tone.Faint => new Style(decoration: Decoration.Dim),
    };
}

using System.Text;

namespace Drcm.Cli.Output;

/// <summary>Columns padded with blanks, two between them; never wrapped, so that lines can be searched.</summary>
internal static class PlainTable
{
    public static string Render(TableModel table)
    {
        var widths = Enumerable.Range(0, table.Headers.Count)
            .Select(column => Math.Max(table.Headers[column].Length, table.Rows.Select(row => row[column].Text.Length).DefaultIfEmpty(0).Max()))
            .ToArray();
        var text = new StringBuilder();
        Line(text, table.Headers, widths);
        foreach (var row in table.Rows) Line(text, [.. row.Select(cell => cell.Text)], widths);
        return text.ToString();
    }

    private static void Line(StringBuilder text, IReadOnlyList<string> cells, int[] widths)
    {
        var start = text.Length;
        for (var column = 0; column < cells.Count; column++) text.Append(cells[column].PadRight(widths[column] + 2));
        while (text.Length > start && text[^1] == ' ') text.Length--;
        text.Append('\n');
    }
}

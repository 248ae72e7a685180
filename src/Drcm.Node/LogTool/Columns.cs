using System.Text;

namespace Drcm.Node.LogTool;

/// <summary>Columns padded with blanks, two between them.</summary>
internal static class Columns
{
    /// <param name="rows">The first one is the heading. A column whose cells are numbers is aligned at their end.</param>
    public static string Render(IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        var isNumber = Enumerable.Range(0, rows[0].Length).Select(c => rows.Skip(1).All(r => r[c].All(char.IsAsciiDigit))).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var line = string.Join("  ", row.Select((cell, c) => isNumber[c] ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c])));
            text.Append(line.TrimEnd()).Append('\n');
        }
        return text.ToString();
    }
}

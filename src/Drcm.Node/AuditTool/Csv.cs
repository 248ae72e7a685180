using System.Globalization;

namespace Drcm.Node.AuditTool;

/// <summary>RFC 4180, with line feeds and a heading.</summary>
internal static class Csv
{
    public static void Write(TextWriter output, IReadOnlyList<string> headings, IEnumerable<object?[]> rows)
    {
        output.Write($"{string.Join(',', headings)}\n");
        foreach (var row in rows) output.Write($"{string.Join(',', row.Select(Cell))}\n");
    }

    private static string Cell(object? value)
    {
        var text = value switch
        {
            null => "",
            DateTimeOffset at => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            bool word => word ? "1" : "0",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        return text.AsSpan().IndexOfAny(",\"\n\r") < 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"";
    }
}

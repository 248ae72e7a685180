namespace Drcm.Cli.Output;

internal enum Tone
{
    Plain,
    Good,
    Warn,
    Bad,
    Faint,
}

internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>A table before it is drawn for a terminal or for a pipe.</summary>
internal sealed record TableModel(IReadOnlyList<string> Headers, IReadOnlyList<IReadOnlyList<Cell>> Rows)
{
    public TableModel Without(string header)
    {
        var column = Headers.ToList().IndexOf(header);
        return column < 0 ? this : new TableModel(Except(Headers, column), [.. Rows.Select(row => Except(row, column))]);
    }

    private static List<T> Except<T>(IReadOnlyList<T> cells, int column) => [.. cells.Where((_, index) => index != column)];
}

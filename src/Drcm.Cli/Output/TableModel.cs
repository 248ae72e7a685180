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
internal sealed record TableModel(IReadOnlyList<string> Headers, IReadOnlyList<IReadOnlyList<Cell>> Rows);

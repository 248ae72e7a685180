using Drcm.Cli.Output;

namespace Drcm.Cli.Configuration;

/// <summary>Words in colour, where <see cref="Terminal"/> allows it.</summary>
internal static class Paint
{
    public static string Red(string text) => In("\u001b[31m", text);

    public static string Yellow(string text) => In("\u001b[33m", text);

    public static string Bold(string text) => In("\u001b[1m", text);

    private static string In(string colour, string text) => Terminal.HasColour ? $"{colour}{text}\u001b[0m" : text;
}

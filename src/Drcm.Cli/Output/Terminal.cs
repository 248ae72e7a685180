using Spectre.Console;

namespace Drcm.Cli.Output;

/// <summary>Whether a person looks at standard output, and the console to draw on.</summary>
internal static class Terminal
{
    public static bool IsPerson => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    public static bool HasColour => IsPerson && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public static IAnsiConsole Draw() => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = IsPerson ? AnsiSupport.Yes : AnsiSupport.No,
        ColorSystem = HasColour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.No,
        Out = new AnsiConsoleOutput(Console.Out),
    });
}

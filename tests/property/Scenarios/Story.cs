using System.Runtime.CompilerServices;

namespace Drcm.Property.Tests.Scenarios;

/// <summary>One story file: a comment that says why it matters; then blocks of input lines, a line of dashes and what followed, with
/// an empty line between blocks.</summary>
internal sealed record Story(string Comment, IReadOnlyList<IReadOnlyList<string>> Inputs)
{
    private const string Dashes = "----";

    public static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "testdata", "statemachine"));

    public static Story Parse(string text)
    {
        var comment = new List<string>();
        var inputs = new List<IReadOnlyList<string>>();
        var input = new List<string>();
        var isInput = true;
        foreach (var line in text.Split('\n'))
        {
            if (line == Dashes)
            {
                inputs.Add(input);
                input = [];
                isInput = false;
            }
            else if (line.Length == 0) isInput = true;
            else if (isInput && inputs.Count == 0 && input.Count == 0 && line.StartsWith('#')) comment.Add(line);
            else if (isInput) input.Add(line);
        }
        if (input.Count > 0) inputs.Add(input);
        return new Story(string.Join('\n', comment), inputs);
    }

    /// <summary>The whole file as it would be with these results.</summary>
    public string Render(IReadOnlyList<string> outputs)
    {
        var blocks = Inputs.Select((input, i) => $"{string.Join('\n', input)}\n{Dashes}\n{outputs[i]}");
        return $"{Comment}\n{string.Join('\n', blocks)}";
    }
}

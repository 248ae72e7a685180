namespace Drcm.StateMachine.Crontabs;

/// <summary>A line <c>NAME = value</c> of a crontab; either side may be quoted.</summary>
internal static class EnvironmentLine
{
    /// <param name="text">Without the blanks before it.</param>
    public static bool TryParse(string text, out KeyValuePair<string, string> variable)
    {
        variable = default;
        var end = text[0] is '\'' or '"' ? text.IndexOf(text[0], 1) + 1 : text.AsSpan().IndexOfAny(" \t=");
        if (end <= 0) return false;
        var equals = text.AsSpan(end).TrimStart(" \t");
        if (equals.IsEmpty || equals[0] != '=') return false;
        variable = new KeyValuePair<string, string>(Unquoted(text[..end]), Unquoted(equals[1..].Trim(" \t").ToString()));
        return true;
    }

    private static string Unquoted(string text) =>
        text.Length >= 2 && text[0] is '\'' or '"' && text[^1] == text[0] ? text[1..^1] : text;
}

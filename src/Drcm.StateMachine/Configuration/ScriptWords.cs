namespace Drcm.StateMachine.Configuration;

/// <summary>The program of a <c>resource_script</c>, which may carry arguments of its own.</summary>
public static class ScriptWords
{
    /// <summary>The first word as a shell would cut it, quotes stripped, nothing expanded.</summary>
    public static string First(string script)
    {
        var word = new System.Text.StringBuilder();
        var quote = '\0';
        for (var i = 0; i < script.Length; i++)
        {
            var c = script[i];
            if (quote == '\0' && char.IsWhiteSpace(c)) break;
            if (quote == '\0' && c is '\'' or '"') quote = c;
            else if (quote != '\0' && c == quote) quote = '\0';
            else if (c == '\\' && quote != '\'' && i + 1 < script.Length) word.Append(script[++i]);
            else word.Append(c);
        }
        return word.ToString();
    }
}

using System.Collections.Immutable;
using System.Text;

namespace Drcm.Node.Scripts;

/// <summary>Splits a <c>resource_script</c> value into words as a shell would, without expansion: blanks separate, single quotes
/// keep everything, double quotes keep all but <c>\"</c> and <c>\\</c>, a backslash outside quotes keeps the next character.</summary>
internal static class ShellWords
{
    /// <summary>False with the reason when a quote is not closed or the text ends in a backslash.</summary>
    internal static bool TrySplit(string text, out ImmutableArray<string> words, out string problem)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        var word = new StringBuilder();
        var isInWord = false;
        words = [];
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '\'' or '"')
            {
                isInWord = true;
                var end = AppendQuoted(text, i, word);
                if (end < 0)
                {
                    problem = $"the quote {c} at character {i + 1} of \"{text}\" is not closed";
                    return false;
                }
                i = end;
            }
            else if (c == '\\')
            {
                if (++i == text.Length)
                {
                    problem = $"\"{text}\" ends in a backslash";
                    return false;
                }
                isInWord = true;
                word.Append(text[i]);
            }
            else if (!char.IsWhiteSpace(c))
            {
                isInWord = true;
                word.Append(c);
            }
            else if (isInWord)
            {
                found.Add(word.ToString());
                word.Clear();
                isInWord = false;
            }
        }
        if (isInWord) found.Add(word.ToString());
        words = found.ToImmutable();
        problem = "";
        return true;
    }

    /// <summary>Index of the closing quote, or -1.</summary>
    private static int AppendQuoted(string text, int open, StringBuilder word)
    {
        var quote = text[open];
        for (var i = open + 1; i < text.Length; i++)
        {
            if (text[i] == quote) return i;
            if (quote == '"' && text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '"' or '\\') i++;
            word.Append(text[i]);
        }
        return -1;
    }
}

using System.Text;

namespace Drcm.Property.Tests.Crontabs;

/// <summary>What Vixie's cron does with one line, written after its do_command.c and entry.c, apart from the code under test.</summary>
internal static class MiniCron
{
    /// <param name="Times">The line up to the user.</param>
    /// <param name="Command">What the shell gets.</param>
    /// <param name="Input">What the command reads; null: nothing.</param>
    internal sealed record Run(string Times, string User, string Command, string? Input);

    internal static Run Of(string line, bool hasUser)
    {
        var at = 0;
        var timeWords = line.TrimStart(' ', '\t', '-').StartsWith('@') ? 1 : 5;
        for (var i = 0; i < timeWords; i++) Word(line, ref at);
        var times = line[..at];
        var user = hasUser ? Word(line, ref at) : "";
        while (at < line.Length && line[at] is ' ' or '\t') at++;
        var (command, input) = Split(line[at..]);
        return new Run(times, user, command, input);
    }

    private static string Word(string line, ref int at)
    {
        while (at < line.Length && line[at] is ' ' or '\t') at++;
        var start = at;
        while (at < line.Length && line[at] is not (' ' or '\t')) at++;
        return line[start..at];
    }

    private static (string Command, string? Input) Split(string text)
    {
        var command = new StringBuilder();
        var escaped = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (!escaped && c == '%') return (command.ToString(), Input(text[(i + 1)..]));
            command.Append(c);
            if (escaped && c == '%') command.Remove(command.Length - 2, 1);
            escaped = !escaped && c == '\\';
        }
        return (command.ToString(), null);
    }

    private static string Input(string text)
    {
        var input = new StringBuilder();
        var escaped = false;
        var needsNewline = false;
        foreach (var c in text)
        {
            if (escaped && c != '%') input.Append('\\');
            var written = !escaped && c == '%' ? '\n' : c;
            escaped = written == '\\';
            if (escaped) continue;
            input.Append(written);
            needsNewline = written != '\n';
        }
        if (escaped) input.Append('\\');
        if (needsNewline) input.Append('\n');
        return input.ToString();
    }
}

/// <summary>How a POSIX shell splits a line into words, as far as single quotes and backslashes go.</summary>
internal static class MiniShell
{
    internal static List<string> Words(string line)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == ' ')
            {
                if (word is not null) words.Add(word.ToString());
                word = null;
                continue;
            }
            word ??= new StringBuilder();
            if (line[i] == '\'')
            {
                var end = line.IndexOf('\'', i + 1);
                word.Append(line, i + 1, end - i - 1);
                i = end;
            }
            else
            {
                if (line[i] == '\\') i++;
                word.Append(line[i]);
            }
        }
        if (word is not null) words.Add(word.ToString());
        return words;
    }
}

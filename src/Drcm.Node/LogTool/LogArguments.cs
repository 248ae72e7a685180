using System.Globalization;

namespace Drcm.Node.LogTool;

/// <summary>The words behind <c>drcm log</c>.</summary>
internal sealed record LogArguments
{
    private const int DefaultLast = 20;

    /// <summary><c>verify</c>, <c>inspect</c>, or empty for help.</summary>
    public string Verb { get; private init; } = "";

    public string? Spool { get; private init; }

    public string? Config { get; private init; }

    public bool AsJson { get; private init; }

    public long? From { get; private init; }

    public long? To { get; private init; }

    public long? Last { get; private init; }

    /// <exception cref="LogUsageException">An unknown word, or an option without its value.</exception>
    public static LogArguments Parse(string[] words)
    {
        var arguments = new LogArguments();
        if (words.Length == 0 || words.Any(w => w is "--help" or "-h" or "-?")) return arguments;
        if (words[0] is not ("verify" or "inspect")) throw new LogUsageException($"'{words[0]}' is neither verify nor inspect");
        arguments = arguments with { Verb = words[0] };
        for (var i = 1; i < words.Length; i++)
        {
            var (name, inline) = Split(words[i]);
            string Value() => inline ?? (i + 1 < words.Length ? words[++i] : throw new LogUsageException($"{name} needs a value"));
            long Number() => Value() is var text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new LogUsageException($"{name} {text} is no number");
            arguments = name switch
            {
                "--spool" or "--spool-dir" => arguments with { Spool = Path.GetFullPath(Value()) },
                "--config" or "--config-file" or "-c" => arguments with { Config = Path.GetFullPath(Value()) },
                "--json" => arguments with { AsJson = true },
                "--from" when arguments.Verb == "inspect" => arguments with { From = Number() },
                "--to" when arguments.Verb == "inspect" => arguments with { To = Number() },
                "--last" or "-n" when arguments.Verb == "inspect" => arguments with { Last = Number() },
                _ => throw new LogUsageException($"unknown option {name}"),
            };
        }
        if (arguments is { Last: not null, From: not null }) throw new LogUsageException("--last and --from exclude each other");
        return arguments;
    }

    /// <summary>The entries that are wanted.</summary>
    public (long From, long To) Range(long lastIndex)
    {
        var to = Math.Min(To ?? lastIndex, lastIndex);
        var last = Last ?? (From is null && To is null ? DefaultLast : null);
        return (last is { } count ? to - count + 1 : From ?? 1, to);
    }

    private static (string Name, string? Value) Split(string word)
    {
        var equals = word.StartsWith("--", StringComparison.Ordinal) ? word.IndexOf('=', StringComparison.Ordinal) : -1;
        return equals < 0 ? (word, null) : (word[..equals], word[(equals + 1)..]);
    }
}

/// <summary>Wrong usage; exit status 2.</summary>
internal sealed class LogUsageException(string message) : Exception(message);

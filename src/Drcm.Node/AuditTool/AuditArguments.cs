using Drcm.StateMachine;
using Drcm.StateMachine.Control;

namespace Drcm.Node.AuditTool;

internal enum AuditFormat
{
    Table,
    Json,
    Csv,
}

/// <summary>The words behind <c>drcm audit</c>.</summary>
internal sealed record AuditArguments
{
    /// <summary>What <c>--since</c> is when nobody says.</summary>
    private static readonly TimeSpan DefaultSince = TimeSpan.FromHours(24);

    private static readonly string[] Verbs = ["verify", "rebuild"];

    private static readonly string[] Names =
        ["--since", "--until", "--at", "--outages", "--resource", "--node", "--format", "--json", "--spool", "--spool-dir", "--config", "--config-file", "--run-dir"];

    /// <summary><c>verify</c>, <c>rebuild</c>, or empty for a report.</summary>
    public string Verb { get; private init; } = "";

    public bool WantsHelp { get; private init; }

    public required DateTimeOffset Now { get; init; }

    public DateTimeOffset Since { get; private init; }

    /// <summary>Null: now, open end.</summary>
    public DateTimeOffset? Until { get; private init; }

    /// <summary>Who owned what then; null: not asked.</summary>
    public DateTimeOffset? At { get; private init; }

    public bool Outages { get; private init; }

    public string? Resource { get; private init; }

    public string? Node { get; private init; }

    public AuditFormat Format { get; private init; }

    public string? Spool { get; private init; }

    public string? Config { get; private init; }

    public string? RunDir { get; private init; }

    /// <exception cref="AuditUsageException">An unknown word, or an option without its value.</exception>
    public static AuditArguments Parse(string[] words, DateTimeOffset now)
    {
        var arguments = new AuditArguments { Now = now, Since = now - DefaultSince };
        if (words.Any(w => w is "--help" or "-h" or "-?")) return arguments with { WantsHelp = true };
        for (var i = 0; i < words.Length; i++)
        {
            var (name, inline) = Split(words[i]);
            string Value() => inline ?? (i + 1 < words.Length ? words[++i] : throw new AuditUsageException($"{name} needs a value"));
            DateTimeOffset Time() => Value() is var text && TimeText.TryParse(text, now, out var at)
                ? at
                : throw new AuditUsageException($"{name} {text} is no time; {TimeText.Remedy(text)}");
            arguments = name switch
            {
                "verify" or "rebuild" when i == 0 => arguments with { Verb = name },
                "--since" => arguments with { Since = Time() },
                "--until" => arguments with { Until = Time() },
                "--at" => arguments with { At = Time() },
                "--outages" => arguments with { Outages = true },
                "--resource" => arguments with { Resource = Value() },
                "--node" => arguments with { Node = Value() },
                "--format" => arguments with { Format = FormatOf(Value()) },
                "--json" => arguments with { Format = AuditFormat.Json },
                "--spool" or "--spool-dir" => arguments with { Spool = Path.GetFullPath(Value()) },
                "--config" or "--config-file" or "-c" => arguments with { Config = Path.GetFullPath(Value()) },
                "--run-dir" => arguments with { RunDir = Path.GetFullPath(Value()) },
                _ => throw new AuditUsageException(Unknown(words[i], i)),
            };
        }
        if (arguments.Until < arguments.Since) throw new AuditUsageException("--until is before --since (24 h ago unless given)");
        if (arguments is { At: not null, Outages: true }) throw new AuditUsageException("--at and --outages exclude each other");
        return arguments;
    }

    private static string Unknown(string word, int place) => word.StartsWith('-')
        ? $"unknown option {word}; {Nearest.Remedy(word, Names)}"
        : place == 0 ? $"'{word}' is neither verify nor rebuild; {Nearest.Remedy(word, Verbs)}" : $"unexpected word '{word}'";

    private static AuditFormat FormatOf(string text) => text switch
    {
        "table" => AuditFormat.Table,
        "json" => AuditFormat.Json,
        "csv" => AuditFormat.Csv,
        _ => throw new AuditUsageException($"--format {text} is none of table, json, csv"),
    };

    private static (string Name, string? Value) Split(string word)
    {
        var equals = word.StartsWith("--", StringComparison.Ordinal) ? word.IndexOf('=', StringComparison.Ordinal) : -1;
        return equals < 0 ? (word, null) : (word[..equals], word[(equals + 1)..]);
    }
}

/// <summary>Wrong usage; exit status 2.</summary>
internal sealed class AuditUsageException(string message) : Exception(message);

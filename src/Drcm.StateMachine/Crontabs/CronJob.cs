using System.Collections.Immutable;

namespace Drcm.StateMachine.Crontabs;

/// <summary>One line of a crontab that cron runs commands by.</summary>
public sealed record CronJob
{
    /// <summary>From 1.</summary>
    public required int Line { get; init; }

    public required CronSchedule Schedule { get; init; }

    /// <summary>Empty in the table of a user.</summary>
    public required string User { get; init; }

    /// <summary>Everything before the command, as written.</summary>
    public required string Head { get; init; }

    /// <summary>As written, up to the first <c>%</c> that is not escaped.</summary>
    public required string Command { get; init; }

    /// <summary>From that <c>%</c> on, as written: what the command reads; empty: nothing.</summary>
    public required string Input { get; init; }

    /// <summary>The environment lines above it, in order; a later one of a name replaces an earlier one.</summary>
    public required ImmutableArray<KeyValuePair<string, string>> Environment { get; init; }

    /// <summary>What cron hands the command to.</summary>
    public string Shell => Value("SHELL") ?? "/bin/sh";

    /// <summary>The last value that the table gives to the variable; null: none.</summary>
    public string? Value(string name) => Environment.LastOrDefault(v => v.Key == name).Value;
}

/// <param name="Line">From 1.</param>
public sealed record CrontabFault(int Line, string What, string Remedy)
{
    public string Render(string file) => $"{file}:{Line}: {What}; {Remedy}";
}

using System.Collections.Immutable;

namespace Drcm.StateMachine.Crontabs;

/// <summary>Puts <c>drcmd cron-exec</c> before every command of a crontab, and changes nothing else of what cron does with the file: times, users,
/// environment, <c>%</c> and what the command reads (O21).</summary>
public static class CrontabGuard
{
    /// <summary>Cron keeps that much of a command and drops the rest without a word (crontab(5)).</summary>
    public const int CommandCharsMax = 998;

    /// <summary>Shells that read a word in single quotes as POSIX says. The line is read by the job's own shell first.</summary>
    private static readonly ImmutableSortedSet<string> PosixShells = ImmutableSortedSet.Create(
        StringComparer.Ordinal, "sh", "bash", "rbash", "dash", "ash", "ksh", "ksh93", "mksh", "lksh", "pdksh", "zsh", "yash", "busybox");

    /// <param name="guard">Program and arguments that check the lease and then run the one word behind <c>--</c> with the job's shell.</param>
    /// <returns>The text to install; empty if there are faults.</returns>
    public static (string Text, ImmutableArray<CrontabFault> Faults) Wrap(string text, CrontabForm form, IEnumerable<string> guard)
    {
        var crontab = Crontab.Read(text, form);
        var before = string.Join(' ', guard.Select(Word)) + " -- ";
        var faults = crontab.Faults.ToBuilder();
        var lines = text.Split('\n');
        foreach (var job in crontab.Jobs)
        {
            var command = before + Quoted(job.Command) + job.Input;
            if (Fault(job, command) is { } fault) faults.Add(fault);
            lines[job.Line - 1] = job.Head + command;
        }
        return faults.Count > 0 ? ("", faults.ToImmutable()) : (string.Join('\n', lines), []);
    }

    private static CrontabFault? Fault(CronJob job, string command)
    {
        var shell = job.Shell[(job.Shell.LastIndexOf('/') + 1)..];
        if (!PosixShells.Contains(shell))
        {
            return new CrontabFault(job.Line, $"its shell, {job.Shell}, does not quote as sh does",
                "leave SHELL at /bin/sh and put the command into a script for that shell, or set cron_guard = 0");
        }
        return command.Length <= CommandCharsMax
            ? null
            : new CrontabFault(job.Line, $"the command has {command.Length} characters with its guard, and cron drops what is beyond {CommandCharsMax}",
                "put it into a script");
    }

    /// <summary>One word to a POSIX shell, whatever is in it. Cron's own reading of backslashes and percent signs stays as it was: a quote
    /// that follows a backslash is still a plain character to it, and each replacement ends outside of an escape.</summary>
    private static string Quoted(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>Paths and names of ours: quoted only where they need it, with their percent signs kept from cron.</summary>
    private static string Word(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || "/._-:@=+,".Contains(c, StringComparison.Ordinal))
            ? text
            : Quoted(text).Replace("%", "\\%", StringComparison.Ordinal);
}

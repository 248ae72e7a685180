using System.CommandLine;

namespace Drcm.Cli.Crontabs;

/// <summary><c>drcm cron-exec</c>: becomes <c>drcmd cron-exec</c> with the same words, as <c>drcm log</c> does. Installed lines name that at once.</summary>
internal static class CronExecCommand
{
    public const string Name = "cron-exec";

    /// <summary>For the list of commands; the words behind it are the daemon's program's to read.</summary>
    public static Command Create() => new(Name, "run a job of a crontab under a valid lease only; stands in installed crontabs");
}

using Drcm.Node.Clock;
using Drcm.Node.Crontabs.Native;
using Drcm.Node.Startup;
using Drcm.StateMachine;

namespace Drcm.Node.Crontabs;

/// <summary><c>drcmd cron-exec</c>: stands before each command of an installed crontab. Becomes the command under a valid lease; else ends with 0 and one line
/// in the system's log, so that cron mails nothing. Between the check and the command stands a timer that kills this process at the end of
/// the lease, however long it is frozen there (O17); the command's own program begins without it.</summary>
internal static class CronExec
{
    public const string Usage = """
        Usage: drcmd cron-exec [--missed] RUN_DIR cron:NICKNAME -- COMMAND

        Runs COMMAND with $SHELL -c, as cron would, if this node holds a valid lease and the crontab is settled here; else does nothing and
        says so in the system's log. drcmd puts it before each command of the crontabs that it installs; cron_guard = 0 in
        [CM_SERVER] leaves it out.

          RUN_DIR        run_dir of the daemon
          cron:NICKNAME  the crontab, as in [CM_CRONTABS]
          COMMAND        one word
          --missed       a run whose time has passed (catch_up = once): also in the minute of the installation; if it may not run, it
                         says so on stderr and ends with 75
        """;

    /// <summary>First word for a run that cron missed.</summary>
    public const string MissedOption = "--missed";

    private const int BadUsage = 2;
    private const int CannotExecute = 126;

    /// <summary>For a run that was missed, and may not run now either (sysexits.h: EX_TEMPFAIL).</summary>
    public const int MayNotRun = 75;

    public static int Run(string[] words)
    {
        if (words is ["--help" or "-h" or "-?"])
        {
            Console.Out.WriteLine(Usage);
            return 0;
        }
        var isMissed = words is [MissedOption, ..];
        if ((isMissed ? words[1..] : words) is not [var runDir, var name, "--", _] || !ResourceId.TryParse(name, out var resource))
        {
            Console.Error.WriteLine("drcmd: cron-exec wants a run directory, a crontab, -- and one command; drcmd cron-exec --help says more");
            return BadUsage;
        }
        var bootId = IdentityReader.ReadBootId();
        if (Ask(out var whyNot) is not { } first) return Skip(resource, isMissed, whyNot);
        DeathTimer.Arm(first.LeaseEnd - MonotonicClock.Now);
        if (Ask(out whyNot) is not { } pass || pass.LeaseEnd < first.LeaseEnd) return Skip(resource, isMissed, whyNot);
        Console.Error.WriteLine($"drcmd: {JobProcess.Become(resource, pass.Token)}");
        return CannotExecute;

        CronPass? Ask(out string whyNot) =>
            CronPass.Ask(
                runDir, resource, bootId, MonotonicClock.Now, isMissed ? FirstMinute.Never : FirstMinute.Of(TimeProvider.System.GetUtcNow()), out whyNot);
    }

    private static int Skip(ResourceId resource, bool isMissed, string whyNot)
    {
        if (isMissed)
        {
            Console.Error.WriteLine($"drcmd: did not run: {whyNot}");
            return MayNotRun;
        }
        SystemLog.Write($"did not run a job of {resource}: {whyNot}");
        return 0;
    }
}

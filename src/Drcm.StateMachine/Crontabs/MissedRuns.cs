using System.Collections.Immutable;

namespace Drcm.StateMachine.Crontabs;

/// <summary>Runs of a crontab that were due in a stretch of time.</summary>
/// <param name="Count">Runs, of all lines together.</param>
/// <param name="Lines">Lines with one or more of them, ascending.</param>
public sealed record MissedRuns(int Count, ImmutableArray<int> Lines)
{
    /// <summary>What is older is not looked at: minutes of a week.</summary>
    public const int MinutesMax = 7 * 24 * 60;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>A greater jump of the clock is a correction, by which cron runs nothing that it skips.</summary>
    private static readonly TimeSpan JumpMax = TimeSpan.FromHours(3);

    /// <param name="from">Minutes that begin at or after this.</param>
    /// <param name="last">The last minute, by its beginning.</param>
    /// <param name="offset">Of the local clock from UTC at a moment.</param>
    public static MissedRuns Of(Crontab crontab, DateTimeOffset from, DateTimeOffset last, Func<DateTimeOffset, TimeSpan> offset)
    {
        var first = Ceiling(from);
        if (last - first > MinutesMax * Minute) first = Ceiling(last - (MinutesMax * Minute));
        var jobs = crontab.Jobs.Where(j => j.Schedule.IsPredictable && j.Value("CRON_TZ") is null).ToArray();
        var runs = new SortedDictionary<int, int>();
        for (var minute = first; minute <= last; minute += Minute)
        {
            var now = offset(minute);
            var jump = now - offset(minute - Minute);
            foreach (var job in jobs)
            {
                if (IsDue(job.Schedule, minute, now, jump, offset)) runs[job.Line] = runs.GetValueOrDefault(job.Line) + 1;
            }
        }
        return new MissedRuns(runs.Values.Sum(), [.. runs.Keys]);
    }

    /// <summary>Where the clock jumps ahead, a fixed time that it skips is due right after; where it goes back, one that was due is not due again.</summary>
    private static bool IsDue(CronSchedule schedule, DateTimeOffset minute, TimeSpan now, TimeSpan jump, Func<DateTimeOffset, TimeSpan> offset)
    {
        var local = (minute + now).UtcDateTime;
        if (!schedule.IsFixed) return schedule.IsDueAt(local);
        if (IsRepeated(minute, now, offset)) return false;
        if (schedule.IsDueAt(local)) return true;
        if (jump <= TimeSpan.Zero || jump > JumpMax) return false;
        for (var skipped = Minute; skipped <= jump; skipped += Minute)
        {
            if (schedule.IsDueAt(local - skipped)) return true;
        }
        return false;
    }

    /// <summary>The local clock showed this minute once before.</summary>
    private static bool IsRepeated(DateTimeOffset minute, TimeSpan now, Func<DateTimeOffset, TimeSpan> offset)
    {
        var back = offset(minute - JumpMax) - now;
        return back > TimeSpan.Zero && offset(minute - back) > now;
    }

    private static DateTimeOffset Ceiling(DateTimeOffset time) =>
        new((time.UtcTicks + Minute.Ticks - 1) / Minute.Ticks * Minute.Ticks, TimeSpan.Zero);
}

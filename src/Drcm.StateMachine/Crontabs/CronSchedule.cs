namespace Drcm.StateMachine.Crontabs;

/// <summary>When a line is due, by the rules of the crons descended from Vixie's.</summary>
public sealed record CronSchedule
{
    private CronField Minutes { get; init; }

    private CronField Hours { get; init; }

    private CronField Days { get; init; }

    private CronField Months { get; init; }

    private CronField Weekdays { get; init; }

    /// <summary>False for <c>@reboot</c> and for random times (<c>0~59</c>): nobody can say afterwards when it was due.</summary>
    public bool IsPredictable { get; private init; } = true;

    /// <summary>Bound to a time of the day, not to an interval: cron runs it once where a clock change would skip or repeat it.</summary>
    public bool IsFixed => !Minutes.IsStar && !Hours.IsStar;

    private static CronSchedule Unpredictable { get; } = new() { IsPredictable = false };

    /// <param name="word">With its <c>@</c>.</param>
    public static CronSchedule? OfWord(string word) => word.ToLowerInvariant() switch
    {
        "@reboot" => Unpredictable,
        "@yearly" or "@annually" => OfFields(["0", "0", "1", "1", "*"], out _),
        "@monthly" => OfFields(["0", "0", "1", "*", "*"], out _),
        "@weekly" => OfFields(["0", "0", "*", "*", "0"], out _),
        "@daily" or "@midnight" => OfFields(["0", "0", "*", "*", "*"], out _),
        "@hourly" => OfFields(["0", "*", "*", "*", "*"], out _),
        _ => null,
    };

    /// <param name="fields">Minute, hour, day of month, month, day of week.</param>
    /// <param name="bad">The name of the field that cannot be read.</param>
    public static CronSchedule? OfFields(ReadOnlySpan<string> fields, out string bad)
    {
        bad = "";
        foreach (var field in fields)
        {
            if (field.Contains('~', StringComparison.Ordinal)) return Unpredictable;
        }
        ReadOnlySpan<CronField.Bounds> bounds = [CronField.Minute, CronField.Hour, CronField.DayOfMonth, CronField.Month, CronField.DayOfWeek];
        Span<CronField> read = stackalloc CronField[bounds.Length];
        for (var i = 0; i < bounds.Length; i++)
        {
            if (CronField.TryParse(fields[i], bounds[i], out read[i])) continue;
            bad = bounds[i].Name;
            return null;
        }
        return new CronSchedule { Minutes = read[0], Hours = read[1], Days = read[2], Months = read[3], Weekdays = read[4] };
    }

    /// <summary>Due in this minute of the local clock. Where neither day field begins with <c>*</c>, either one is enough.</summary>
    public bool IsDueAt(DateTime local)
    {
        if (!IsPredictable || !Minutes.Has(local.Minute) || !Hours.Has(local.Hour) || !Months.Has(local.Month)) return false;
        var weekday = (int)local.DayOfWeek;
        var isWeekday = Weekdays.Has(weekday) || (weekday == 0 && Weekdays.Has(7));
        return Days.IsStar || Weekdays.IsStar ? Days.Has(local.Day) && isWeekday : Days.Has(local.Day) || isWeekday;
    }
}

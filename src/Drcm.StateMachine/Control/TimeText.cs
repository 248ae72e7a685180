using System.Globalization;

namespace Drcm.StateMachine.Control;

/// <summary>Times as people write them: <c>30s</c>, <c>15m</c>, <c>24h</c>, <c>7d</c> ago, or a local time <c>2026-11-22T10:00</c>.</summary>
public static class TimeText
{
    /// <summary>Days; longer ago than any cluster lives.</summary>
    private const double DaysMax = 36_500;

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-ddTHH:mmK",
    ];

    public const string Help = "24h, 7d, 30m, or 2026-11-22T10:00";

    public static bool TryParse(string text, DateTimeOffset now, out DateTimeOffset at)
    {
        at = default;
        if (text.Length > 1 && PerUnit(text[^1]) is { } unit)
        {
            if (!double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)) return false;
            if (unit.TotalDays * count > DaysMax) return false;
            at = now - unit * count;
            return true;
        }
        return DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out at);
    }

    /// <summary>What may have been meant by a text that is no time; else the forms that there are.</summary>
    public static string Remedy(string text)
    {
        var word = text.Trim().ToLowerInvariant();
        var digits = word.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        var unit = word[digits..].Trim().TrimEnd('s');
        if (digits > 0 && digits < word.Length)
        {
            var letter = Units.FirstOrDefault(u => u.Words.Contains(unit, StringComparer.Ordinal)).Letter;
            if (letter != '\0') return $"did you mean {word[..digits]}{letter}?";
        }
        if (word == "today" || word == "yesterday") return $"did you mean {(word == "today" ? "24h" : "48h")}?";
        var joined = text.Trim().Replace(' ', 'T').Replace('/', '-');
        return joined != text && TryParse(joined, DateTimeOffset.UnixEpoch, out _) ? $"did you mean {joined}?" : $"write {Help}";
    }

    private static readonly (char Letter, string[] Words)[] Units =
    [
        ('s', ["sec", "second"]), ('m', ["m", "min", "minute"]), ('h', ["h", "hr", "hour"]), ('d', ["d", "day"]), ('w', ["w", "week"]),
    ];

    private static TimeSpan? PerUnit(char letter) => letter switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        'w' => TimeSpan.FromDays(7),
        _ => null,
    };

    /// <summary>Local time for a table: the day only when it is not today's.</summary>
    public static string Short(DateTimeOffset? at, DateTimeOffset now)
    {
        if (at is not { } when) return "";
        var local = when.ToLocalTime();
        return local.Date == now.ToLocalTime().Date
            ? local.ToString("HH:mm:ss", CultureInfo.InvariantCulture)
            : local.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }

    /// <summary>Local time with milliseconds, for event lines.</summary>
    public static string Exact(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
}

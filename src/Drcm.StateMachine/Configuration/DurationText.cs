using System.Globalization;

namespace Drcm.StateMachine.Configuration;

/// <summary>Durations as cm.cfg writes them: plain decimals in the unit of their key, exact to 100 ns.</summary>
internal static class DurationText
{
    /// <summary>A century: beyond it a number is a mistake, and sums could overflow.</summary>
    private const long TicksMax = 36_525 * TimeSpan.TicksPerDay;

    public static string Seconds(TimeSpan span) => Render(span, TimeSpan.TicksPerSecond);

    public static string Milliseconds(TimeSpan span) => Render(span, TimeSpan.TicksPerMillisecond);

    public static bool TrySeconds(string text, out TimeSpan span) => TryParse(text, TimeSpan.TicksPerSecond, out span);

    public static bool TryMilliseconds(string text, out TimeSpan span) =>
        TryParse(text, TimeSpan.TicksPerMillisecond, out span);

    private static string Render(TimeSpan span, long unit) =>
        ((decimal)span.Ticks / unit).ToString("0.#######", CultureInfo.InvariantCulture);

    private static bool TryParse(string text, long unit, out TimeSpan span)
    {
        span = default;
        const NumberStyles styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        if (!decimal.TryParse(text, styles, CultureInfo.InvariantCulture, out var value)) return false;
        if (value > TicksMax / unit || value < -TicksMax / unit) return false;
        var ticks = value * unit;
        if (ticks != decimal.Truncate(ticks)) return false;
        span = new TimeSpan((long)ticks);
        return true;
    }
}

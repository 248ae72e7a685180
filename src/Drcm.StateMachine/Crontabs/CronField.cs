namespace Drcm.StateMachine.Crontabs;

/// <summary>One of the five fields: lists of numbers, names, ranges and steps, as the crons descended from Vixie's read them.</summary>
/// <param name="Bits">Bit n: the value n is in it.</param>
/// <param name="IsStar">It begins with <c>*</c>.</param>
internal readonly record struct CronField(ulong Bits, bool IsStar)
{
    private static readonly string[] MonthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public static readonly Bounds Minute = new("minute", 0, 59, [], 0);
    public static readonly Bounds Hour = new("hour", 0, 23, [], 0);
    public static readonly Bounds DayOfMonth = new("day of month", 1, 31, [], 0);
    public static readonly Bounds Month = new("month", 1, 12, MonthNames, 1);
    public static readonly Bounds DayOfWeek = new("day of week", 0, 7, DayNames, 0);

    /// <param name="FirstOfNames">The number that the first name means.</param>
    internal sealed record Bounds(string Name, int Least, int Most, string[] Names, int FirstOfNames);

    public bool Has(int value) => (Bits & (1UL << value)) != 0;

    public static bool TryParse(string text, Bounds bounds, out CronField field)
    {
        var bits = 0UL;
        field = default;
        foreach (var item in text.Split(','))
        {
            if (!TryItem(item, bounds, out var more)) return false;
            bits |= more;
        }
        field = new CronField(bits, text.StartsWith('*'));
        return true;
    }

    private static bool TryItem(string item, Bounds bounds, out ulong bits)
    {
        bits = 0;
        var slash = item.IndexOf('/', StringComparison.Ordinal);
        var range = slash < 0 ? item : item[..slash];
        var step = 1;
        if (slash >= 0 && (!TryNumber(item[(slash + 1)..], out step) || step < 1)) return false;
        if (!TryRange(range, bounds, out var first, out var last, out var isRange)) return false;
        // Cron takes a step after a range only.
        if (slash >= 0 && !isRange) return false;
        for (var value = first; value <= last; value += step) bits |= 1UL << value;
        return true;
    }

    private static bool TryRange(string text, Bounds bounds, out int first, out int last, out bool isRange)
    {
        (first, last, isRange) = (bounds.Least, bounds.Most, true);
        if (text == "*") return true;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        isRange = dash >= 0;
        if (!TryValue(isRange ? text[..dash] : text, bounds, out first)) return false;
        last = first;
        return !isRange || (TryValue(text[(dash + 1)..], bounds, out last) && first <= last);
    }

    private static bool TryValue(string text, Bounds bounds, out int value)
    {
        value = Array.FindIndex(bounds.Names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) + bounds.FirstOfNames;
        if (value >= bounds.FirstOfNames && bounds.Names.Length > 0) return true;
        return TryNumber(text, out value) && value >= bounds.Least && value <= bounds.Most;
    }

    private static bool TryNumber(string text, out int value) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out value) && value < 1000;
}

using System.Globalization;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>Values of a <see cref="KeyValues"/> as numbers, booleans, durations and policies. A bad value is reported
/// and gives the default; with <c>fatal</c> it also forbids to run.</summary>
internal static class TypedValues
{
    private const NumberStyles Integer = NumberStyles.AllowLeadingSign;

    public static long Number(this KeyValues values, string key, long otherwise, long min, long max, bool fatal = false)
    {
        if (Given(values, key, fatal) is not { } token) return otherwise;
        if (!long.TryParse(WithoutSemicolon(values, key, token), Integer, CultureInfo.InvariantCulture, out var number))
            return values.Bad(key, fatal, $"is {KeyValues.Shown(token.Text)}, not a whole number", Range(min, max), otherwise);
        return number >= min && number <= max
            ? number
            : values.Bad(key, fatal, $"is {number}, out of range", Range(min, max), otherwise);
    }

    public static int Number(this KeyValues values, string key, int otherwise, int min, int max, bool fatal = false) =>
        (int)values.Number(key, (long)otherwise, min, max, fatal);

    /// <summary>Numbers above 1 are true, as in the original.</summary>
    public static bool Bool(this KeyValues values, string key, bool otherwise) => values.BoolOrNull(key) ?? otherwise;

    public static bool? BoolOrNull(this KeyValues values, string key)
    {
        if (Given(values, key, fatal: false) is not { } token) return null;
        var word = WithoutSemicolon(values, key, token);
        if (long.TryParse(word, Integer, CultureInfo.InvariantCulture, out var number) && number >= 0) return number > 0;
        if (IsOneOf(word, "true", "yes", "t", "y")) return true;
        if (IsOneOf(word, "false", "no", "f", "n")) return false;
        return values.Bad(key, fatal: false, $"is {KeyValues.Shown(token.Text)}, neither yes nor no", "write 1 or 0",
            default(bool?));
    }

    public static TimeSpan Seconds(this KeyValues values, string key, TimeSpan otherwise, bool fatal = false) =>
        values.Duration(key, otherwise, fatal, DurationText.TrySeconds, "seconds");

    /// <summary>As <see cref="Seconds"/>, but 0 is a duration too.</summary>
    public static TimeSpan SecondsOrZero(this KeyValues values, string key, TimeSpan otherwise, bool fatal) =>
        values.Find(key) is { Text: "0" } ? TimeSpan.Zero : values.Seconds(key, otherwise, fatal);

    public static TimeSpan Milliseconds(this KeyValues values, string key, TimeSpan otherwise) =>
        values.Duration(key, otherwise, fatal: true, DurationText.TryMilliseconds, "milliseconds");

    public static FailbackPolicy Failback(this KeyValues values, FailbackPolicy otherwise, bool fatal)
    {
        const string key = "failback";
        if (Given(values, key, fatal) is not { } token) return otherwise;
        var text = token.Text;
        if (text == "auto") return FailbackPolicy.Auto;
        if (text == "manual") return new FailbackPolicy(FailbackKind.Manual, TimeSpan.Zero);
        if (text.StartsWith("delay", StringComparison.Ordinal) &&
            text["delay".Length..].TrimStart().StartsWith('=') &&
            DurationText.TrySeconds(text[(text.IndexOf('=') + 1)..].Trim(), out var delay) && delay >= TimeSpan.Zero)
            return new FailbackPolicy(FailbackKind.Delayed, delay);
        return values.Bad(key, fatal, $"is {KeyValues.Shown(text)}", "write auto, manual or delay=SECONDS", otherwise);
    }

    /// <summary>Free text; an empty value counts as absent.</summary>
    public static string Text(this KeyValues values, string key, string otherwise) =>
        Given(values, key, fatal: false)?.Text ?? otherwise;

    public static string Directory(this KeyValues values, string key, string otherwise)
    {
        var text = values.Text(key, otherwise);
        return text.StartsWith('/')
            ? text
            : values.Bad(key, fatal: false, $"is {KeyValues.Shown(text)}, not an absolute path", "begin it with /", otherwise);
    }

    private delegate bool TryParseDuration(string text, out TimeSpan span);

    private static TimeSpan Duration(
        this KeyValues values, string key, TimeSpan otherwise, bool fatal, TryParseDuration parse, string unit)
    {
        if (Given(values, key, fatal) is not { } token) return otherwise;
        return parse(WithoutSemicolon(values, key, token), out var span) && span > TimeSpan.Zero
            ? span
            : values.Bad(key, fatal, $"is {KeyValues.Shown(token.Text)}", $"write a number of {unit} above 0", otherwise);
    }

    private static CmToken? Given(KeyValues values, string key, bool fatal)
    {
        var token = values.Find(key);
        if (token is not null || !values.Has(key)) return token;
        Report(values, key, fatal, "has no value", "give one, or remove the line for the default");
        return null;
    }

    private static string WithoutSemicolon(KeyValues values, string key, CmToken token)
    {
        if (!token.Text.EndsWith(';')) return token.Text;
        var bare = token.Text.TrimEnd(';').TrimEnd();
        values.Bag.Warn(token.At, $"{key} ends in a semicolon", $"write {key} = {bare}");
        return bare;
    }

    private static T Bad<T>(this KeyValues values, string key, bool fatal, string what, string remedy, T otherwise)
    {
        Report(values, key, fatal, what, remedy);
        return otherwise;
    }

    private static void Report(KeyValues values, string key, bool fatal, string what, string remedy)
    {
        if (fatal) values.Bag.Fatal(values.PositionOf(key), $"{key} {what}", remedy);
        else values.Bag.Error(values.PositionOf(key), $"{key} {what}", remedy);
    }

    private static string Range(long min, long max) => $"write a whole number from {min} to {max}";

    private static bool IsOneOf(string word, params ReadOnlySpan<string> words)
    {
        foreach (var candidate in words)
            if (word.Equals(candidate, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}

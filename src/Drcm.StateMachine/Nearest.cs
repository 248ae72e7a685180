namespace Drcm.StateMachine;

/// <summary>What somebody may have meant by a name that is unknown.</summary>
public static class Nearest
{
    /// <summary>A name this near to a known one is taken for a slip of the pen.</summary>
    private const int SlipDistanceMax = 2;

    /// <summary>The nearest of the known names, without regard to case; null: none is near.</summary>
    public static string? To(string name, IEnumerable<string> known) =>
        known.Where(k => Distance(k, name) <= SlipDistanceMax).MinBy(k => Distance(k, name));

    /// <summary>As the end of an error: a question, or all that there is, of at most so many names.</summary>
    public static string Remedy(string name, IReadOnlyCollection<string> known, int namesMax = 10)
    {
        if (To(name, known) is { } near) return $"did you mean {near}?";
        if (known.Count == 0) return "there are none";
        return known.Count <= namesMax
            ? $"known are {string.Join(", ", known)}"
            : $"known are {string.Join(", ", known.Take(namesMax))} and {known.Count - namesMax} more";
    }

    /// <summary>Edit distance, given up early where the lengths alone decide.</summary>
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > SlipDistanceMax) return int.MaxValue;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(cost, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}

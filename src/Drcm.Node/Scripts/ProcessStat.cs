using System.Globalization;

namespace Drcm.Node.Scripts;

/// <summary>What <c>/proc/PID/stat</c> says about one process.</summary>
internal readonly record struct ProcessStat(int Id, char State, int Group, int Session, int Threads, ulong StartTime)
{
    /// <summary>A zombie is dead, unless it is only the first thread of a process whose other threads go on.</summary>
    internal bool IsAlive => State is not ('Z' or 'X' or 'x') || Threads > 1;

    internal static ProcessStat? Of(int id)
    {
        string text;
        try
        {
            text = File.ReadAllText($"/proc/{id}/stat");
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
        // The command name stands in parentheses and may itself hold blanks and parentheses.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessStat(
            id, fields[0][0], Number(fields[2]), Number(fields[3]), Number(fields[17]),
            ulong.Parse(fields[19], CultureInfo.InvariantCulture));
    }

    internal static IEnumerable<ProcessStat> All()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory.AsSpan()), out var id)) continue;
            if (Of(id) is { } stat) yield return stat;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

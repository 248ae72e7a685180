using System.Globalization;
using System.Text;
using Drcm.StateMachine;

namespace Drcm.Node.Crontabs;

/// <summary>Runs of a crontab that are in progress on this host: known by the variables that <see cref="Native.JobProcess"/> gives them, so that nothing has to be
/// written down, and nothing is left to clean up. A program that forgets its environment still has its shell above it.</summary>
internal static class RunningJobs
{
    /// <summary>Of the text that names them.</summary>
    private const int NamedMax = 3;

    /// <summary>Far above what a job has; a longer one is cut.</summary>
    private const int EnvironmentBytesMax = 256 * 1024;

    private const int CommandCharsMax = 60;

    /// <summary>Cron gives each run a session of its own: sessions are counted.</summary>
    public static (int Count, string Detail) Of(ResourceId resource)
    {
        var sessions = new SortedDictionary<int, (int Process, string Command)>();
        var buffer = new byte[EnvironmentBytesMax];
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var process)) continue;
            try
            {
                if (!Belongs(directory, resource, buffer) || SessionOf(directory) is not { } session) continue;
                if (sessions.TryGetValue(session, out var known) && known.Process < process) continue;
                sessions[session] = (process, CommandOf(directory));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended, or belongs to somebody whom this daemon may not look at.
            }
        }
        var named = sessions.Values.Take(NamedMax).Select(s => $"{s.Command} (process {s.Process})");
        var more = sessions.Count > NamedMax ? $" and {sessions.Count - NamedMax} more" : "";
        return (sessions.Count, string.Join(", ", named) + more);
    }

    private static bool Belongs(string directory, ResourceId resource, byte[] buffer)
    {
        using var file = File.OpenRead($"{directory}/environ");
        var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var variables = Encoding.Latin1.GetString(buffer, 0, length).Split('\0');
        return variables.Contains(Native.JobProcess.ActionVariable) && variables.Contains($"DRCM_RESOURCE={resource}");
    }

    /// <summary>The sixth field of proc_pid_stat(5); the second ends at the last bracket.</summary>
    private static int? SessionOf(string directory)
    {
        const int sessionAfterName = 3;
        var text = File.ReadAllText($"{directory}/stat");
        var words = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > sessionAfterName && int.TryParse(words[sessionAfterName], NumberStyles.None, CultureInfo.InvariantCulture, out var session)
            ? session
            : null;
    }

    private static string CommandOf(string directory)
    {
        var text = Encoding.Latin1.GetString(File.ReadAllBytes($"{directory}/cmdline")).TrimEnd('\0').Replace('\0', ' ');
        var line = new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
        return line.Length <= CommandCharsMax ? line : line[..(CommandCharsMax - 1)] + "…";
    }
}

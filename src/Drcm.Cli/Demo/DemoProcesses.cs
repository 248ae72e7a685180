using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Drcm.Cli.Demo;

/// <summary>Finds and kills what belongs to a demo: processes whose environment or command line names its directory.</summary>
internal static class DemoProcesses
{
    private const int SigKill = 9;

    /// <summary>A killed process is gone within microseconds of being scheduled; a script may fork once more meanwhile.</summary>
    private const int RoundsMax = 1_000;

    private static readonly TimeSpan RoundPause = TimeSpan.FromMilliseconds(2);

    /// <param name="node">Only this pretended host's; null: all of them.</param>
    /// <returns>How many were killed.</returns>
    public static int KillAll(string directory, string? node)
    {
        var killed = new HashSet<int>();
        for (var round = 0; round < RoundsMax; round++)
        {
            var found = Find(directory, node);
            if (found.Count == 0) return killed.Count;
            foreach (var id in found)
            {
                killed.Add(id);
                _ = NativeMethods.kill(id, SigKill);
            }
            Thread.Sleep(RoundPause);
        }
        throw new DemoFailure($"processes of {directory} do not end: {string.Join(", ", Find(directory, node))}; end them by hand");
    }

    public static List<int> Find(string directory, string? node)
    {
        var found = new List<int>();
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            if (id != Environment.ProcessId && BelongsTo(path, directory, node)) found.Add(id);
        }
        return found;
    }

    private static bool BelongsTo(string process, string directory, string? node)
    {
        try
        {
            var environment = $"\0{Read(process, "environ")}\0";
            if (!environment.Contains(node is null ? "\0DRCM_NODE=" : $"\0DRCM_NODE={node}\0", StringComparison.Ordinal)) return false;
            return environment.Contains($"\0DRCM_DEMO={directory}\0", StringComparison.Ordinal)
                || Read(process, "cmdline").Contains(directory + "/", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // Gone meanwhile, or another user's.
        }
    }

    private static string Read(string process, string file) => Encoding.UTF8.GetString(File.ReadAllBytes($"{process}/{file}"));

    private static class NativeMethods
    {
        [DllImport("libc", ExactSpelling = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int kill(int id, int signal);
    }
}

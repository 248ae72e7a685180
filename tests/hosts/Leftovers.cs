using System.Globalization;
using System.Runtime.InteropServices;

namespace Drcm.TestHosts;

/// <summary>What runs of tests that were killed have left: their namespaces, processes and directories carry the number and
/// start time of the process that made them.</summary>
internal static partial class Leftovers
{
    private const string Mark = "drcmt";
    private const int DetachMount = 2;

    /// <summary>Start of all names that this process makes.</summary>
    internal static string Prefix { get; } = $"{Mark}-{Environment.ProcessId}-{Processes.StartTime(Environment.ProcessId)}-";

    internal static string DirectoryOf(string name) => Path.Combine(Path.GetTempPath(), name);

    internal static async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var path in Entries("/run/netns"))
        {
            if (IsOrphan(Path.GetFileName(path))) await RemoveNamespaceAsync(Path.GetFileName(path), cancellationToken);
        }
        foreach (var path in Entries(Path.GetTempPath()))
        {
            if (IsOrphan(Path.GetFileName(path))) RemoveDirectory(path);
        }
    }

    /// <summary>Kills what is left inside, then deletes the namespace.</summary>
    internal static async Task RemoveNamespaceAsync(string netns, CancellationToken cancellationToken)
    {
        var pids = await Tool.RunAsync(["ip", "netns", "pids", netns], "", cancellationToken);
        foreach (var line in pids.Output.Split('\n'))
        {
            if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid != Environment.ProcessId)
                _ = Processes.Kill(pid, Processes.SigKill);
        }
        await Tool.RunAsync(["ip", "netns", "delete", netns], "", cancellationToken);
    }

    internal static void RemoveDirectory(string path)
    {
        foreach (var line in File.ReadLines("/proc/self/mountinfo").Where(l => l.Contains($" {path}/", StringComparison.Ordinal)).ToArray())
            _ = Unmount(line.Split(' ')[4], DetachMount);
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (IOException)
        {
            // A dying process may still hold a mount below; the next sweep takes it.
        }
    }

    private static string[] Entries(string directory) =>
        Directory.Exists(directory) ? Directory.GetFileSystemEntries(directory, Mark + "-*") : [];

    private static bool IsOrphan(string name)
    {
        var parts = name.Split('-');
        return parts.Length >= 4
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            && ulong.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            && Processes.StartTime(pid) != start;
    }

    [LibraryImport("libc", EntryPoint = "umount2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string path, int flags);
}

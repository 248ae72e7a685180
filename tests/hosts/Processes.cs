using System.Globalization;
using System.Runtime.InteropServices;

namespace Drcm.TestHosts;

/// <summary>Processes of the machine by number and start time.</summary>
internal static partial class Processes
{
    internal const int SigKill = 9;
    internal const int SigContinue = 18;
    internal const int SigStop = 19;

    /// <summary>Field 22 of stat; 0 if it is gone or a zombie.</summary>
    internal static ulong StartTime(int pid)
    {
        var fields = Fields(pid);
        return fields.Length < 20 || fields[0] is "Z" or "X" ? 0 : ulong.Parse(fields[19], CultureInfo.InvariantCulture);
    }

    /// <summary>Direct children of a process with one thread.</summary>
    internal static int[] Children(int pid)
    {
        try
        {
            return
            [
                .. File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(n => int.Parse(n, CultureInfo.InvariantCulture)),
            ];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Number of the process in its own pid namespace; 0 if it is gone.</summary>
    internal static int InnerId(int pid)
    {
        try
        {
            var line = Array.Find(File.ReadAllLines($"/proc/{pid}/status"), l => l.StartsWith("NSpid:", StringComparison.Ordinal));
            return line is null ? 0 : int.Parse(line.Split('\t')[^1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int pid, int signal);

    private static string[] Fields(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }
}

using System.Text;
using Drcm.StateMachine.Configuration;

namespace Drcm.Node.Probes;

/// <summary>Is the file system mounted, by the kernel's table alone: a stat on a stale network mount could hang.</summary>
internal static class FilesystemProbe
{
    private const string MountTable = "/proc/self/mountinfo";

    internal static ProbeResult Look(FilesystemDefinition resource)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(MountTable);
        }
        catch (IOException e)
        {
            return new ProbeResult(ProbeState.Unknown, $"{MountTable}: {e.Message}");
        }
        return Look(resource, lines);
    }

    /// <summary>The newest mount on the target is the one in effect, and stands last.</summary>
    internal static ProbeResult Look(FilesystemDefinition resource, IReadOnlyList<string> mountTable)
    {
        var target = WithoutEnd(resource.Target);
        for (var i = mountTable.Count - 1; i >= 0; i--)
        {
            if (!TryRead(mountTable[i], out var point, out var type, out var source) || point != target) continue;
            return IsNetwork(type) && !IsSameSource(source, resource.Source)
                ? new ProbeResult(ProbeState.Unknown, $"{target} is mounted from {source}, not from {resource.Source}")
                : new ProbeResult(ProbeState.Active, $"{target} is mounted");
        }
        return new ProbeResult(ProbeState.Absent, $"{target} is not mounted");
    }

    /// <summary>Fields of proc_pid_mountinfo(5): the mount point is the fifth, type and source follow the lone dash.</summary>
    private static bool TryRead(string line, out string point, out string type, out string source)
    {
        (point, type, source) = ("", "", "");
        var fields = line.Split(' ');
        var dash = Array.IndexOf(fields, "-");
        if (dash < 6 || fields.Length < dash + 3) return false;
        (point, type, source) = (Unescape(fields[4]), fields[dash + 1], Unescape(fields[dash + 2]));
        return true;
    }

    private static bool IsNetwork(string type) => type is "nfs" or "nfs4" or "cifs" or "smb3";

    /// <summary>CIFS sources are written with one, two or no leading slashes.</summary>
    private static bool IsSameSource(string one, string other) => WithoutEnd(one).TrimStart('/') == WithoutEnd(other).TrimStart('/');

    private static string WithoutEnd(string path) => path.Length > 1 ? path.TrimEnd('/') is { Length: > 0 } rest ? rest : "/" : path;

    /// <summary>The kernel writes blank, tab, newline and backslash as three octal digits.</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal)) return field;
        var bytes = new List<byte>(field.Length);
        for (var i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length)
            {
                bytes.Add((byte)(((field[i + 1] - '0') << 6) | ((field[i + 2] - '0') << 3) | (field[i + 3] - '0')));
                i += 3;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(field, i, 1));
            }
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }
}

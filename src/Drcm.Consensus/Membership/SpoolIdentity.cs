using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Membership;

/// <summary>The identity of a spool (OWNERSHIP O12): made once with it, in its file <c>identity</c>; another one means that the spool was lost meanwhile.</summary>
public static class SpoolIdentity
{
    private const string FileName = "identity";
    private const string TemporarySuffix = ".new";

    /// <exception cref="LogDamagedException">What is there is none.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static Guid ReadOrMake(string spoolDirectory)
    {
        var path = Path.GetFullPath(Path.Combine(spoolDirectory, FileName));
        if (File.Exists(path))
        {
            return Guid.TryParseExact(File.ReadAllText(path).Trim(), "D", out var known)
                ? known
                : throw new LogDamagedException($"{path}: is no identity; {Remedies.CopyFromOthers}");
        }

        Directory.CreateDirectory(spoolDirectory);
        var made = Guid.NewGuid();
        DiskFiles files = new();
        using (var file = files.Open(path + TemporarySuffix))
        {
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes($"{made:D}\n"), 0);
            file.Flush();
        }

        files.Rename(path + TemporarySuffix, path);
        files.FlushDirectory(Path.GetDirectoryName(path)!);
        return made;
    }
}

using System.Globalization;

namespace Drcm.Consensus.Engines.DotNext;

/// <summary>The directory <c>raft/</c>: made with mode 0700, marked with the format of what is in it.</summary>
internal static class LogDirectory
{
    /// <summary>One file of the engine's data; fixed once the log exists.</summary>
    public const int ChunkBytes = 1024 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string FormatFile = "format";

    /// <summary>Log format 1: DotNext 6 write-ahead log, entries framed by <see cref="Entries.EntryFrame"/>.</summary>
    private static readonly string Format = string.Create(CultureInfo.InvariantCulture, $"drcm-log 1 chunk={ChunkBytes} hash=crc64\n");

    /// <returns>The full path of the directory.</returns>
    /// <exception cref="LogDamagedException">It cannot be made or is of another format.</exception>
    public static string Prepare(string parent)
    {
        var path = Path.GetFullPath(Path.Combine(parent, "raft"));
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path, OwnerOnly);
                File.SetUnixFileMode(path, OwnerOnly);
            }

            CheckFormat(Path.Combine(path, FormatFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LogDamagedException($"{path}: {e.Message}; make its parent a directory that this user may write to, with space left", e);
        }

        return path;
    }

    private static void CheckFormat(string file)
    {
        if (!File.Exists(file))
        {
            File.WriteAllText(file, Format);
            return;
        }

        if (File.ReadAllText(file) is var found && found != Format)
        {
            throw new LogDamagedException(
                $"{file}: says '{found.Trim()}', this release reads '{Format.Trim()}'; start the release that wrote it, "
                + "or move the directory away and let this node copy the log from the others");
        }
    }
}

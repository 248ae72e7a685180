namespace Drcm.Consensus.Engines.DotNext;

/// <summary>The directory <c>raft/</c>: made with mode 0700, marked with the format of what is in it.</summary>
internal static class LogDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    public const string FormatFile = "format";

    /// <summary>Log format 2: <see cref="Storage.EntryStore"/>, entries framed by <see cref="Entries.EntryFrame"/>.</summary>
    public const string Format = "drcm-log 2\n";

    /// <summary>Of the format file; none is longer.</summary>
    public const int FormatBytesMax = 64;

    public static string PathIn(string parent) => Path.GetFullPath(Path.Combine(parent, "raft"));

    /// <returns>The full path of the directory.</returns>
    /// <exception cref="LogDamagedException">It cannot be made or is of another format.</exception>
    public static string Prepare(string parent)
    {
        var path = PathIn(parent);
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
                + "or move the spool directory away and let this node copy the log from the others");
        }
    }
}

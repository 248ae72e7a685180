namespace Drcm.Node.Startup;

/// <summary>One process for each spool: a lock that ends with the process. Two daemons with different run directories on one spool would write over
/// each other's log.</summary>
internal sealed class SpoolLock : IDisposable
{
    private const string Name = "lock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly FileStream _lock;

    private SpoolLock(FileStream held) => _lock = held;

    /// <summary>For a daemon.</summary>
    /// <exception cref="StartupException">Another process has it.</exception>
    public static SpoolLock Take(string spoolDir)
    {
        try
        {
            return new(new FileStream(PathIn(spoolDir), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnly,
            }));
        }
        catch (IOException e)
        {
            throw new StartupException(
                $"another drcmd uses the spool {spoolDir}, or a drcm log verify looks at it", "end it, or give this one a spool directory of its own", e);
        }
    }

    /// <summary>For a look at a spool: makes no file.</summary>
    /// <returns>Null: a daemon runs on it. Else hold what came until the look is over; it keeps daemons from starting meanwhile.</returns>
    public static IDisposable? TryTakeForLook(string spoolDir)
    {
        try
        {
            return File.Exists(PathIn(spoolDir))
                ? new SpoolLock(new FileStream(PathIn(spoolDir), FileMode.Open, FileAccess.Read, FileShare.None))
                : new SpoolLock(null!);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => _lock?.Dispose();

    private static string PathIn(string spoolDir) => Path.Combine(spoolDir, Name);
}

using System.Globalization;
using Drcm.StateMachine;

namespace Drcm.Node.Crontabs;

/// <summary>Since when a crontab is installed under its token, in minutes of Unix time: a file in the run directory, <c>TOKEN MINUTE</c>. What was due in that
/// minute was due before the installation, or was run by the former owner: cron must not begin it here (<see cref="CronPass"/>).</summary>
internal static class FirstMinute
{
    /// <summary>No crontab is installed in it.</summary>
    public const long Never = -1;

    private const long SecondsPerMinute = 60;
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public static long Of(DateTimeOffset time) => time.ToUnixTimeSeconds() / SecondsPerMinute;

    /// <summary>Null: not installed yet.</summary>
    public static (LogIndex Token, long Minute)? Read(string runDir, ResourceId resource)
    {
        var path = PathOf(runDir, resource);
        if (!File.Exists(path)) return null;
        var words = File.ReadAllText(path).Split(' ', '\n');
        return words.Length >= 2
            && long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var token)
            && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minute)
            ? (new LogIndex(token), minute)
            : null;
    }

    /// <summary>Later ones under the same token change nothing.</summary>
    /// <returns>It was the first.</returns>
    public static bool Write(string runDir, ResourceId resource, LogIndex token, DateTimeOffset now)
    {
        if (Read(runDir, resource) is { } known && known.Token == token) return false;
        var path = PathOf(runDir, resource);
        File.WriteAllText(path + ".new", string.Create(CultureInfo.InvariantCulture, $"{token} {Of(now)}\n"));
        File.Move(path + ".new", path, overwrite: true);
        return true;
    }

    /// <summary>The account of any job has to read the lease, the run table and this.</summary>
    public static string MakeDirectory(string runDir)
    {
        var mode = File.GetUnixFileMode(runDir);
        if ((mode & UnixFileMode.OtherExecute) == UnixFileMode.None) File.SetUnixFileMode(runDir, mode | UnixFileMode.OtherExecute);
        var directory = Path.Combine(runDir, "cron");
        Directory.CreateDirectory(directory);
        File.SetUnixFileMode(directory, DirectoryMode);
        return directory;
    }

    private static string PathOf(string runDir, ResourceId resource) => Path.Combine(runDir, "cron", $"{resource.Nickname}.first");
}

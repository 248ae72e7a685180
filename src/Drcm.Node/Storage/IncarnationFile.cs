using System.Globalization;
using System.Text;
using Drcm.StateMachine;

namespace Drcm.Node.Storage;

/// <summary>Gives each run of the daemon a number greater than all before, also when the spool was wiped or the wall clock stepped back:
/// the greater of "stored + 1" and the milliseconds since 1970. Flushed before it is used.</summary>
internal static class IncarnationFile
{
    /// <summary>A day in the year 9999: what is above was not written by us, and what follows it might not be greater.</summary>
    private const long Max = 253_402_214_400_000;

    /// <exception cref="StartupException">The file is not a number, or none of ours.</exception>
    public static Incarnation Next(string spoolDir, TimeProvider wallClock)
    {
        var path = Path.Combine(spoolDir, "incarnation");
        var stored = 0L;
        if (File.Exists(path)
            && (!long.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out stored) || stored > Max))
            throw new StartupException($"{path}: not the number of an incarnation", "remove the file; the next incarnation then follows the clock");
        var next = Math.Max(stored + 1, wallClock.GetUtcNow().ToUnixTimeMilliseconds());
        DurableFile.Replace(path, Encoding.ASCII.GetBytes(next.ToString(CultureInfo.InvariantCulture) + "\n"));
        return new Incarnation(next);
    }
}

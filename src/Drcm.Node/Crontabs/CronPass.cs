using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Text;
using Drcm.Node.Storage;
using Drcm.StateMachine;

namespace Drcm.Node.Crontabs;

/// <summary>May a job of this crontab begin now? Only under a lease that is valid now, of this boot, for a crontab that is settled here, and not in
/// the minute of its installation. Reads files that the daemon keeps; asks nobody, so that a frozen daemon cannot hold it up.</summary>
internal readonly record struct CronPass(LogIndex Token, TimeSpan LeaseEnd)
{
    /// <param name="bootId">Of this boot.</param>
    /// <param name="now">By <see cref="Clock.MonotonicClock"/>.</param>
    /// <param name="minute">By <see cref="FirstMinute.Of"/>.</param>
    /// <param name="whyNot">One sentence, if the answer is no.</param>
    public static CronPass? Ask(string runDir, ResourceId resource, string bootId, TimeSpan now, long minute, out string whyNot)
    {
        try
        {
            whyNot = "";
            if (LeaseEndOf(runDir, bootId) is not { } end) whyNot = "this node has no lease";
            else if (now >= end) whyNot = "the lease of this node is over";
            else if (TokenOf(runDir, resource, bootId) is not { } token) whyNot = "it is not settled on this node";
            else if (FirstMinute.Read(runDir, resource) is not { } first || first.Token != token) whyNot = "it was not installed under its present token";
            else if (first.Minute == minute) whyNot = "it came to this node in this minute, whose runs count as missed";
            else return new CronPass(token, end);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            whyNot = $"{runDir} cannot be read: {e.Message}";
            return null;
        }
    }

    /// <summary>Read in one piece, as it is written.</summary>
    private static TimeSpan? LeaseEndOf(string runDir, string bootId)
    {
        var path = Path.Combine(runDir, LeaseFile.Name);
        if (!File.Exists(path)) return null;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (stream.Length < LeaseFile.FileBytes) return null;
        using var file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        using var view = file.CreateViewAccessor(0, LeaseFile.FileBytes, MemoryMappedFileAccess.Read);
        return LeaseFile.Read(view, bootId);
    }

    /// <summary>Of the run table's settled entry. Only the words that the answer needs are read: the format is <see cref="RunTableFile"/>'s.</summary>
    private static LogIndex? TokenOf(string runDir, ResourceId resource, string bootId)
    {
        var path = Path.Combine(runDir, RunTableFile.Name);
        if (!File.Exists(path)) return null;
        using var lines = new StreamReader(path, Encoding.UTF8);
        if (lines.ReadLine() != $"boot {bootId}") return null;
        while (lines.ReadLine() is { } line)
        {
            var words = line.Split(' ', 4);
            if (words.Length < 3 || words[1] != "settled" || !SlotId.TryParse(words[2], out var slot) || slot.Resource != resource) continue;
            return long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var token) ? new LogIndex(token) : null;
        }
        return null;
    }
}

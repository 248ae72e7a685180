using System.Text;

namespace Drcm.Node.Scripts;

/// <summary>Is a resource's script one of ours, so that the daemon may do its work itself? It is when the file says so near its beginning.</summary>
internal static class BuiltInScript
{
    private const string Mark = "# drcm-builtin: ";

    /// <summary>How far the mark is looked for.</summary>
    private const int BytesMax = 1024;

    /// <param name="script">As in cm.cfg, with its own arguments.</param>
    /// <param name="kind">The word behind the mark: <c>cron</c>, <c>ip</c>.</param>
    internal static bool Is(string script, string kind)
    {
        if (!ShellWords.TrySplit(script, out var words, out _) || words.IsEmpty) return false;
        try
        {
            using var file = File.OpenRead(words[0]);
            var bytes = new byte[BytesMax];
            var length = file.ReadAtLeast(bytes, BytesMax, throwOnEndOfStream: false);
            return Encoding.Latin1.GetString(bytes, 0, length).Split('\n').Any(l => l.TrimEnd() == Mark + kind);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

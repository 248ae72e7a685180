using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Drcm.StateMachine;

namespace Drcm.Node.Crontabs;

/// <summary>Which lines of a crontab missed runs, and whether running them was begun: two files in the run directory, each bound to its token. Begun is written before
/// the first run, so that a daemon that ends in the middle does not run them again: at most once.</summary>
internal static class CatchUpRecord
{
    /// <summary>What <c>cron.missed</c> will tell of. Nothing, where that was begun already.</summary>
    /// <param name="template">By which the lines count, one character for each byte.</param>
    public static void Owe(string runDir, ResourceId resource, LogIndex token, ImmutableArray<int> lines, string template)
    {
        if (BegunAt(runDir, resource) >= token) return;
        Write(OwedPath(runDir, resource), $"{token} {Digest(template)} {string.Join(',', lines)}\n");
    }

    /// <summary>Something is, under this token, and was not begun.</summary>
    public static bool IsOwed(string runDir, ResourceId resource, LogIndex token) =>
        BegunAt(runDir, resource) < token && File.Exists(OwedPath(runDir, resource)) && Number(OwedWords(runDir, resource)[0]) == token.Value;

    /// <summary>True once for each token, and only for what is owed under it.</summary>
    /// <param name="template">As it is now.</param>
    /// <param name="lines">Ascending.</param>
    /// <param name="whyNot">One sentence; empty: there was nothing to run.</param>
    public static bool TryBegin(
        string runDir, ResourceId resource, LogIndex token, string template, out ImmutableArray<int> lines, out string whyNot)
    {
        (lines, whyNot) = ([], "");
        if (!IsOwed(runDir, resource, token) || OwedWords(runDir, resource) is not [_, var digest, var listed]) return false;
        Write(BegunPath(runDir, resource), $"{token}\n");
        if (digest != Digest(template)) whyNot = "the template has changed since the runs were missed";
        else lines = [.. listed.Split(',').Select(l => (int)Number(l))];
        return whyNot.Length == 0;
    }

    private static string[] OwedWords(string runDir, ResourceId resource) => File.ReadAllText(OwedPath(runDir, resource)).TrimEnd('\n').Split(' ');

    private static LogIndex BegunAt(string runDir, ResourceId resource)
    {
        var path = BegunPath(runDir, resource);
        return new LogIndex(File.Exists(path) ? Number(File.ReadAllText(path).TrimEnd('\n')) : 0);
    }

    /// <summary>What cannot be read counts as the highest: nothing is run.</summary>
    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;

    private static string Digest(string template) => Convert.ToHexString(SHA256.HashData(Encoding.Latin1.GetBytes(template)));

    private static void Write(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }

    private static string OwedPath(string runDir, ResourceId resource) => Path.Combine(runDir, "cron", $"{resource.Nickname}.missed");

    private static string BegunPath(string runDir, ResourceId resource) => Path.Combine(runDir, "cron", $"{resource.Nickname}.begun");
}

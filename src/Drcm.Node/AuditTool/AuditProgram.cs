using System.Text;
using Drcm.Node.Audit;
using Microsoft.Data.Sqlite;

namespace Drcm.Node.AuditTool;

/// <summary><c>drcmd audit …</c>, which <c>drcm audit …</c> runs: reads this node's audit.db, beside a running daemon or without one.</summary>
internal static class AuditProgram
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int Usage = 2;
    private const int BufferBytes = 64 * 1024;

    public static int Run(string[] words)
    {
        try
        {
            var arguments = AuditArguments.Parse(words, TimeProvider.System.GetUtcNow());
            if (arguments.WantsHelp)
            {
                Console.Out.WriteLine(AuditHelp.Text);
                return Done;
            }
            return Run(arguments, AuditPlace.Find(arguments));
        }
        catch (AuditUsageException e)
        {
            Console.Error.WriteLine($"drcm audit: {e.Message}");
            return Usage;
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException or AuditDamagedException)
        {
            Console.Error.WriteLine($"drcm audit: {e.Message}");
            return Failed;
        }
    }

    private static int Run(AuditArguments arguments, AuditPlace place)
    {
        if (WhyNot(place) is { } why)
        {
            Console.Error.WriteLine($"drcm audit: {why}");
            return Failed;
        }
        using var book = AuditBook.Open(place.Path);
        var question = AuditQuestion.Of(arguments, book);
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferBytes);
        if (arguments.At is not null) AtReport.Print(book, question, arguments, output);
        else if (arguments.Outages) OutagesReport.Print(book, question, arguments, output);
        else TimelineReport.Print(book, question, arguments, output);
        return Done;
    }

    private static string? WhyNot(AuditPlace place)
    {
        try
        {
            using var probe = new FileStream(place.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return $"{place.Path} is not yours to read; become root or the account that runs drcmd";
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"there is no {place.Path}; a daemon makes it a moment after its start. Name another spool with --spool or -c";
        }
    }
}

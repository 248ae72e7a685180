using System.Text;
using System.Text.Json;
using Drcm.Node.Audit;
using Drcm.StateMachine.Control;
using Microsoft.Data.Sqlite;

namespace Drcm.Node.AuditTool;

/// <summary><c>drcmd audit …</c>, which <c>drcm audit …</c> runs: reads this node's audit.db, beside a running daemon or without one.</summary>
internal static class AuditProgram
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int Usage = 2;
    private const int BufferBytes = 64 * 1024;

    public static async Task<int> RunAsync(string[] words)
    {
        try
        {
            var arguments = AuditArguments.Parse(words, TimeProvider.System.GetUtcNow());
            if (arguments.WantsHelp)
            {
                await Console.Out.WriteLineAsync(AuditHelp.Text);
                return Done;
            }
            var place = AuditPlace.Find(arguments);
            return WhyNot(place) is { } why ? await FailAsync(why, Failed)
                : arguments.Verb.Length > 0 ? await MaintainAsync(arguments, place)
                : Report(arguments, place);
        }
        catch (AuditUsageException e)
        {
            return await FailAsync(e.Message, Usage);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException or AuditDamagedException)
        {
            return await FailAsync(e.Message, Failed);
        }
    }

    private static async Task<int> FailAsync(string why, int code)
    {
        await Console.Error.WriteLineAsync($"drcm audit: {why}");
        return code;
    }

    private static int Report(AuditArguments arguments, AuditPlace place)
    {
        using var book = AuditBook.Open(place.Path);
        var question = AuditQuestion.Of(arguments, book);
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferBytes);
        if (arguments.At is not null) AtReport.Print(book, question, arguments, output);
        else if (arguments.Outages) OutagesReport.Print(book, question, arguments, output);
        else TimelineReport.Print(book, question, arguments, output);
        return Done;
    }

    private static async Task<int> MaintainAsync(AuditArguments arguments, AuditPlace place)
    {
        var answer = await Maintenance.RunAsync(arguments.Verb, place);
        var verdict = answer.IsSound ? "The history agrees with the log." : "THE HISTORY DIFFERS FROM THE LOG; drcm audit rebuild makes it anew.";
        await Console.Out.WriteLineAsync(
            arguments.Format == AuditFormat.Json ? JsonSerializer.Serialize(answer, ControlJson.Default.AuditAnswer)
            : string.Join('\n', arguments.Verb == "verify" ? answer.Lines.Add(verdict) : answer.Lines));
        return answer.IsSound ? Done : Failed;
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

using Drcm.Consensus;
using Drcm.Consensus.Inspection;
using Drcm.Node.Startup;

namespace Drcm.Node.LogTool;

/// <summary><c>drcmd log …</c>, which <c>drcm log …</c> runs: offline looks at the log on disk.</summary>
internal static class LogProgram
{
    private const int Sound = 0;
    private const int Failed = 1;
    private const int Usage = 2;

    public static int Run(string[] words)
    {
        try
        {
            var arguments = LogArguments.Parse(words);
            if (arguments.Verb.Length == 0)
            {
                Console.Out.WriteLine(LogHelp.Text);
                return Sound;
            }
            return Run(arguments, LogPlace.Find(arguments));
        }
        catch (LogUsageException e)
        {
            Console.Error.WriteLine($"drcm log: {e.Message}; drcm log --help says how it is used");
            return Usage;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"drcm log: {e.Message}; become root or the account that runs drcmd");
            return Failed;
        }
    }

    private static int Run(LogArguments arguments, LogPlace place)
    {
        var log = new StoredLog(place.SpoolDir);
        if (!log.Exists)
        {
            throw new LogUsageException($"there is no log in {place.SpoolDir}: it has no directory {Path.GetFileName(log.Directory)}");
        }
        using var held = SpoolLock.TryTakeForLook(place.SpoolDir);
        if (held is null && arguments.Verb == "verify")
        {
            Console.Error.WriteLine(
                $"drcm log: a drcmd runs on {place.SpoolDir}: what it writes at this moment would look damaged; stop it first, or use drcm log inspect");
            return Failed;
        }
        if (held is null) Console.Error.WriteLine($"drcm log: a drcmd runs on {place.SpoolDir}: this shows the moment, and its newest entries may be half written");
        var report = log.Verify(EntryText.WhyMisread);
        using var output = Console.OpenStandardOutput();
        if (arguments.Verb == "verify") VerifyCommand.Print(report, place, arguments.AsJson, output);
        else InspectCommand.Print(log, report, place, arguments, output);
        return report.IsSound ? Sound : Failed;
    }
}

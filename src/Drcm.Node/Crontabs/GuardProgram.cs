using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Drcm.Node.Crontabs;

/// <summary>How a line of a crontab calls this program: by absolute paths and without help from the environment, since cron gives it none.</summary>
internal static class GuardProgram
{
    public const string Verb = "cron-exec";

    private const string Name = "drcmd";

    /// <summary>Program and arguments up to the command of the job.</summary>
    public static ImmutableArray<string> Words(string runDir, string resource) => [.. Program(), Verb, runDir, resource];

    /// <summary>For a run that cron missed (<c>catch_up</c>).</summary>
    public static ImmutableArray<string> WordsForMissed(string runDir, string resource) => [.. Program(), Verb, CronExec.MissedOption, runDir, resource];

    /// <summary>The running program; on a runtime that only the environment tells of, that runtime with the program.</summary>
    private static ImmutableArray<string> Program()
    {
        var assembly = typeof(GuardProgram).Assembly.Location;
        var process = Environment.ProcessPath ?? "";
        var needsRuntime = Path.GetFileName(process) != Name || Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 };
        return needsRuntime && assembly.Length > 0 ? [Runtime(), assembly] : [process];
    }

    /// <summary>The host program of the runtime's installation, three directories above the base library.</summary>
    private static string Runtime() => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));
}

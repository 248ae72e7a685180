using Drcm.StateMachine.Configuration;

namespace Drcm.Node.Probes;

/// <summary>Is the crontab installed, with the content of its template.</summary>
internal static class CrontabProbe
{
    /// <summary>cron itself refuses larger files far below this.</summary>
    private const long BytesMax = 1024 * 1024;

    internal static ProbeResult Look(CrontabDefinition resource)
    {
        var target = Target(resource);
        try
        {
            if (!File.Exists(target)) return new ProbeResult(ProbeState.Absent, $"{target} is not there");
            if (!File.Exists(resource.TemplateFile))
                return new ProbeResult(ProbeState.Unknown, $"{target} is there, but its template {resource.TemplateFile} is not");
            return IsSame(target, resource.TemplateFile)
                ? new ProbeResult(ProbeState.Active, $"{target} is installed")
                : new ProbeResult(ProbeState.Unknown, $"{target} differs from its template {resource.TemplateFile}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ProbeResult(ProbeState.Unknown, e.Message);
        }
    }

    /// <summary>Where the script puts it: the template's name in the install location.</summary>
    internal static string Target(CrontabDefinition resource) =>
        Path.Combine(resource.InstallLocation, Path.GetFileName(resource.TemplateFile));

    private static bool IsSame(string one, string other)
    {
        var length = new FileInfo(one).Length;
        return length <= BytesMax && length == new FileInfo(other).Length
            && File.ReadAllBytes(one).AsSpan().SequenceEqual(File.ReadAllBytes(other));
    }
}

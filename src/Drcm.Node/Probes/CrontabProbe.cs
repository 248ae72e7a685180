using Drcm.StateMachine.Configuration;

namespace Drcm.Node.Probes;

/// <summary>Is the crontab installed, with what belongs there.</summary>
internal static class CrontabProbe
{
    /// <summary>cron itself refuses larger files far below this.</summary>
    internal const long BytesMax = 1024 * 1024;

    /// <summary>As a template that is installed word for word.</summary>
    internal static ProbeResult Look(CrontabDefinition resource) => Look(resource, () => File.ReadAllBytes(resource.TemplateFile));

    /// <param name="content">What belongs there; null: the template cannot be installed.</param>
    internal static ProbeResult Look(CrontabDefinition resource, Func<byte[]?> content)
    {
        var target = Target(resource);
        try
        {
            if (!File.Exists(target)) return new ProbeResult(ProbeState.Absent, $"{target} is not there");
            if (!File.Exists(resource.TemplateFile))
                return new ProbeResult(ProbeState.Unknown, $"{target} is there, but its template {resource.TemplateFile} is not");
            return content() is { } expected && IsSame(target, expected)
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

    private static bool IsSame(string target, byte[] content) =>
        new FileInfo(target).Length == content.Length && File.ReadAllBytes(target).AsSpan().SequenceEqual(content);
}

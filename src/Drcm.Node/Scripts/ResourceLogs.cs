using System.Globalization;
using System.Text;
using Drcm.Node.Logging;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;

namespace Drcm.Node.Scripts;

/// <summary>One log per kind of resource in <c>log_dir</c>: what each script was asked, how it ended, what it said (DESIGN 9).
/// Thread-safe.</summary>
internal sealed class ResourceLogs : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Dictionary<ResourceKind, RotatingFile> _files;

    /// <summary>Bounds are those of the daemon's own log.</summary>
    public ResourceLogs(LocalSettings settings, TimeProvider time)
    {
        _time = time;
        _files = Enum.GetValues<ResourceKind>().ToDictionary(
            kind => kind,
            kind => new RotatingFile(
                Path.Combine(settings.LogDir, FileName(kind)), settings.MaxLogSize, settings.NumLogsToKeep));
    }

    /// <summary>Told of every run as well; must not wait.</summary>
    public Action<ScriptCall, ScriptResult>? Ended { get; set; }

    public void Append(ScriptCall call, ScriptResult result)
    {
        Ended?.Invoke(call, result);
        var stamp = _time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var entry = new StringBuilder()
            .Append(stamp).Append(' ').Append(call.Resource).Append(' ').Append(call.Action.Word())
            .Append(" token ").Append(call.Context.Token).Append(": ").Append((result with { Output = "" }).Summary).Append('\n');
        foreach (var line in result.Output.AsSpan().TrimEnd().EnumerateLines()) entry.Append("    ").Append(line).Append('\n');
        _files[call.Resource.Kind].Append(entry.ToString());
    }

    public void Dispose()
    {
        foreach (var file in _files.Values) file.Dispose();
    }

    internal static string FileName(ResourceKind kind) => kind switch
    {
        ResourceKind.Cron => "crontab_resource.log",
        ResourceKind.Ip => "ipv4addr_resource.log",
        ResourceKind.Service => "service_resource.log",
        ResourceKind.Application => "application_resource.log",
        ResourceKind.Filesystem => "filesystem_resource.log",
    };
}

using System.Globalization;
using System.Text;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Microsoft.Extensions.Logging;

namespace Drcm.Node.Storage;

/// <summary>Keeps an applied file as this node's own cm.cfg, once: what a person writes there afterwards stays. The former file stays beside it as
/// <c>cm.cfg.previous</c>. A disk that refuses is said and changes nothing: the cluster runs by the log.</summary>
internal sealed partial class ConfigurationKeeper(string configFile, string spoolDir, ILogger<ConfigurationKeeper> logger)
{
    private readonly string _mark = Path.Combine(spoolDir, "configured");

    /// <param name="file">Its text; empty: nothing to keep.</param>
    /// <returns>Digest of this node's file as it is afterwards; empty if it cannot be read or used.</returns>
    public string Keep(LogIndex index, string file)
    {
        try
        {
            if (file.Length > 0 && index > Marked())
            {
                Replace(index, file);
                DurableFile.Replace(_mark, Encoding.ASCII.GetBytes($"{index}\n"));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotKept(configFile, index.Value, e.Message);
        }
        return OwnDigest();
    }

    private void Replace(LogIndex index, string file)
    {
        var former = File.Exists(configFile) ? File.ReadAllText(configFile) : "";
        if (former == file) return;
        // Through a link, so that the file it names changes and the link stays.
        var target = File.ResolveLinkTarget(configFile, returnFinalTarget: true)?.FullName ?? configFile;
        var mode = File.Exists(target) ? File.GetUnixFileMode(target) : UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        if (former.Length > 0) DurableFile.Replace(configFile + ".previous", Encoding.UTF8.GetBytes(former));
        DurableFile.Replace(target, Encoding.UTF8.GetBytes(file));
        File.SetUnixFileMode(target, mode);
        if (former.Length > 0) File.SetUnixFileMode(configFile + ".previous", mode);
        LogKept(configFile, index.Value, configFile + ".previous");
    }

    private LogIndex Marked() =>
        File.Exists(_mark) && long.TryParse(File.ReadAllText(_mark).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? new LogIndex(index)
            : LogIndex.None;

    private string OwnDigest()
    {
        try
        {
            return CmConfigReader.Read(File.ReadAllText(configFile)).Definition is { } definition ? ConfigDigest.Of(definition) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [LoggerMessage(2060, LogLevel.Information, "{File} is now the configuration of index {Index}; the former one is {Previous}")]
    private partial void LogKept(string file, long index, string previous);

    [LoggerMessage(2061, LogLevel.Warning, "cannot keep the configuration of index {Index} as {File}: {Reason}; the cluster runs by it all the same: copy it by hand from another node")]
    private partial void LogNotKept(string file, long index, string reason);
}

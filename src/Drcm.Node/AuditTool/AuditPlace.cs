using Drcm.Node.Audit;
using Drcm.StateMachine.Configuration;

namespace Drcm.Node.AuditTool;

/// <summary>Where this node's audit.db is.</summary>
internal sealed record AuditPlace(string SpoolDir, string RunDir)
{
    private const string DefaultConfig = "/etc/drcm/cm.cfg";

    public string Path => System.IO.Path.Combine(SpoolDir, AuditDatabase.FileName);

    /// <exception cref="AuditUsageException">The named cm.cfg cannot be read.</exception>
    public static AuditPlace Find(AuditArguments arguments)
    {
        var local = arguments is { Spool: not null, RunDir: not null } ? null : Read(arguments.Config);
        return new AuditPlace(
            arguments.Spool ?? local?.SpoolDir ?? ConfigDefaults.SpoolDir, arguments.RunDir ?? local?.RunDir ?? ConfigDefaults.RunDir);
    }

    private static LocalSettings? Read(string? named)
    {
        try
        {
            return CmConfigReader.Read(File.ReadAllText(named ?? DefaultConfig)).Local;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return named is null ? null : throw new AuditUsageException($"{named} cannot be read: {e.Message}");
        }
    }
}

using System.Net;
using Drcm.Consensus.Inspection;
using Drcm.StateMachine.Configuration;

namespace Drcm.Node.LogTool;

/// <summary>Where the log is, and the names of those that it votes for.</summary>
/// <param name="Names">Name of each voter by the engine's identity, in hex.</param>
internal sealed record LogPlace(string SpoolDir, IReadOnlyDictionary<string, string> Names)
{
    private const string DefaultConfig = "/etc/drcm/cm.cfg";
    private const string DefaultSpool = "/var/spool/drcm";

    /// <exception cref="LogUsageException">The named cm.cfg cannot be read.</exception>
    public static LogPlace Find(LogArguments arguments)
    {
        var config = Read(arguments.Config);
        return new(
            arguments.Spool ?? config?.Local.SpoolDir ?? DefaultSpool,
            config?.Definition is { } definition ? NamesOf(definition) : new Dictionary<string, string>());
    }

    /// <summary>The member that has the vote, by name where it is known.</summary>
    public string Vote(LogReport report)
    {
        if (report.VotedFor.IsEmpty) return "nobody";
        var id = Convert.ToHexStringLower(report.VotedFor.AsSpan());
        return Names.GetValueOrDefault(id, $"member {id}");
    }

    private static CmConfigFile? Read(string? named)
    {
        try
        {
            return CmConfigReader.Read(File.ReadAllText(named ?? DefaultConfig));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return named is null ? null : throw new LogUsageException($"{named} cannot be read: {e.Message}");
        }
    }

    private static Dictionary<string, string> NamesOf(ClusterDefinition definition)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in definition.Nodes)
        {
            var endPoint = new IPEndPoint(IPAddress.Parse(node.KeepAliveAddresses[0]), definition.TcpPort);
            names[Convert.ToHexStringLower(StoredLog.MemberIdOf(endPoint))] = node.Id.Value;
        }
        return names;
    }
}

using Microsoft.Extensions.Logging;

namespace Drcm.Consensus.Engines.DotNext;

public sealed partial class DotNextLog
{
    [LoggerMessage(2001, LogLevel.Information, "log: {Node} leads in term {Term}")]
    private static partial void LogLeads(ILogger logger, string node, long term);

    [LoggerMessage(2002, LogLevel.Information, "log: {Leader} leads in term {Term}")]
    private static partial void LogFollows(ILogger logger, string leader, long term);

    [LoggerMessage(2003, LogLevel.Information, "log: no leader known in term {Term}")]
    private static partial void LogNoLeader(ILogger logger, long term);

    [LoggerMessage(2004, LogLevel.Information, "log: {Node} opened {Directory}, {Entries} entries, {Committed} of them committed")]
    private static partial void LogOpened(ILogger logger, string node, string directory, long entries, long committed);

    [LoggerMessage(2006, LogLevel.Information, "log: by entry {Index} the members are {Members}")]
    private static partial void LogMembers(ILogger logger, long index, string members);

    [LoggerMessage(2005, LogLevel.Warning, "log: no connection with {Address}: {Reason}")]
    private static partial void LogRefused(ILogger logger, System.Net.IPAddress address, string reason);
}

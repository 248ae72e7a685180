using Microsoft.Extensions.Logging;

namespace Drcm.Node;

/// <content>Log messages 2100 to 2149.</content>
internal sealed partial class Daemon
{
    [LoggerMessage(2100, LogLevel.Information, "drcmd runs as node {Node} by {ConfigFile}")]
    private partial void LogStarted(string node, string configFile);

    [LoggerMessage(2101, LogLevel.Information, "drcmd has stopped")]
    private partial void LogStopped();

    [LoggerMessage(2102, LogLevel.Information, "term {Term}: leader is {Leader}")]
    private partial void LogLeadership(long term, string leader);

    [LoggerMessage(2103, LogLevel.Critical, "{Part} has ended: this node stops")]
    private partial void LogFailed(string part, Exception cause);

    [LoggerMessage(2104, LogLevel.Warning, "the handover took more than {Seconds} s and was cut off")]
    private partial void LogHandoverCut(double seconds);

    [LoggerMessage(2105, LogLevel.Debug, "could not hand the leadership over in time; the others elect a new leader")]
    private partial void LogNotResigned();
}

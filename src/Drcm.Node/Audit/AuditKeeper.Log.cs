using Microsoft.Extensions.Logging;

namespace Drcm.Node.Audit;

/// <content>Log messages 2340 to 2349.</content>
internal sealed partial class AuditKeeper
{
    [LoggerMessage(2340, LogLevel.Warning, "the audit history cannot be gone on with ({Why}): it is now {Path}, and a new one is made of what the log still has")]
    private partial void LogSetAside(string why, string path);

    [LoggerMessage(2341, LogLevel.Warning, "{Path} cannot be written: {Why}; the cluster is not concerned, and it is tried again every {Seconds} s")]
    private partial void LogRefused(string path, string why, double seconds);

    [LoggerMessage(2342, LogLevel.Information, "{Path} is written again")]
    private partial void LogGoesOn(string path);

    [LoggerMessage(2343, LogLevel.Warning, "the audit history has a gap up to entry {Index}: this node has not got the events before it")]
    private partial void LogGap(long index);

    [LoggerMessage(2344, LogLevel.Information, "{Count} events of the audit history were too old or too many, and have been let go")]
    private partial void LogPruned(int count);

    [LoggerMessage(2346, LogLevel.Warning, "rows of the audit history did not agree with the log and were corrected: somebody else has written to it")]
    private partial void LogMended();

    [LoggerMessage(2345, LogLevel.Debug, "the audit history ends with its log: {Why}")]
    private partial void LogEnded(string why);
}

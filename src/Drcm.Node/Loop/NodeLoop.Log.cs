using Drcm.Consensus;
using Microsoft.Extensions.Logging;

namespace Drcm.Node.Loop;

/// <content>Log messages 2000 to 2049.</content>
internal sealed partial class NodeLoop
{
    [LoggerMessage(2000, LogLevel.Information, "{Index} {Event}: {Reason}")]
    private partial void LogEvent(long index, string @event, string reason);

    [LoggerMessage(2001, LogLevel.Debug, "{Index} {Event} ignored: {WhyNot}")]
    private partial void LogIgnored(long index, string @event, string whyNot);

    [LoggerMessage(2002, LogLevel.Information, "{Text}")]
    private partial void LogNote(string text);

    [LoggerMessage(2003, LogLevel.Debug, "a proposal was not appended: {Status}: {Reason}")]
    private partial void LogNotAppended(AppendStatus status, string reason);

    [LoggerMessage(2007, LogLevel.Error, "cannot write what runs here to the run directory: {Reason}; this node starts nothing until it can: make room there")]
    private partial void LogRunTableFailed(string reason);

    [LoggerMessage(2005, LogLevel.Debug, "replayed {Index} {Event}: {Reason}")]
    private partial void LogReplayed(long index, string @event, string reason);

    [LoggerMessage(2006, LogLevel.Information, "restored the state of index {To} from a snapshot; entries after {From} up to there were not seen here")]
    private partial void LogRestored(long from, long to);

    [LoggerMessage(2004, LogLevel.Error, "cannot store promises in {File}: {Reason}; this node acknowledges nothing until it can: make room on the disk")]
    private partial void LogPromiseFailed(string file, string reason);
}

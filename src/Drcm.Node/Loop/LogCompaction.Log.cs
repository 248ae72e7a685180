using Microsoft.Extensions.Logging;

namespace Drcm.Node.Loop;

/// <content>Log messages 2050 to 2059.</content>
internal sealed partial class LogCompaction
{
    [LoggerMessage(2050, LogLevel.Information, "compacted the log: its entries up to {Index} are in a snapshot of {Bytes} bytes")]
    private partial void LogCompacted(long index, int bytes);

    [LoggerMessage(2051, LogLevel.Warning, "could not compact the log: {Reason}; it is tried again after {Entries} more entries")]
    private partial void LogNotCompacted(string reason, int entries);
}

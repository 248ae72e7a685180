namespace Drcm.Node.Audit;

/// <param name="Path">Of audit.db.</param>
/// <param name="KeepFor">Events older than this go (<c>audit_days_to_keep</c>).</param>
/// <param name="BytesMax">Above this the oldest events go (<c>max_audit_size</c>).</param>
internal sealed record AuditOptions(string Path, TimeSpan KeepFor, long BytesMax)
{
    /// <summary>Rows of a transaction: a start after a long absence writes in steps that a reader can see.</summary>
    public int RowsPerTransactionMax { get; init; } = 4096;

    /// <summary>After something new in the log: a takeover has the processor to itself, and its entries become one transaction.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>After the disk has refused: a full disk is a matter of minutes, not of milliseconds.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a compaction waits for the history: many times what it is late by when all is well.</summary>
    public TimeSpan ReachPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two looks at what is too old.</summary>
    public TimeSpan RetentionInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Script runs that wait for the thread: minutes of a busy node. When full, the newest are left out and counted.</summary>
    public int RunsWaitingMax { get; init; } = 1024;
}

using Drcm.Consensus;
using Drcm.Node.Observation;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Microsoft.Extensions.Logging;

namespace Drcm.Node.Loop;

/// <summary>Keeps the log short: when enough has been applied since the newest snapshot, the state takes the place of the entries. Counts on the loop's thread; encodes
/// and writes on another one, one snapshot at a time, from a state that nobody changes any more.</summary>
internal sealed partial class LogCompaction(
    IReplicatedLog log, EventHistory history, CompactionOptions options, ILogger<LogCompaction> logger)
{
    private readonly ILogger _logger = logger;

    /// <summary>Told before entries go: whoever reads them as well may want a moment. Bounded by itself.</summary>
    public Func<LogIndex, Task> BeforeCompaction { get; set; } = _ => Task.CompletedTask;

    private long _entries;
    private long _bytes;
    private volatile Task _running = Task.CompletedTask;

    /// <summary>The newest snapshot under way, or the one before it; never faulted by a refusing disk.</summary>
    public Task Running => _running;

    /// <summary>The state that a snapshot of the log holds.</summary>
    /// <exception cref="StateSnapshotException">Damaged, of a later release, or of another index than the log says.</exception>
    public static ClusterState Restore(CommittedEntry entry)
    {
        var state = StateSnapshot.Decode(entry.Payload);
        return state.Version.Value == entry.Index
            ? state
            : throw new StateSnapshotException($"it is of index {state.Version} and stands at {entry.Index}");
    }

    /// <summary>One more entry was applied; <paramref name="state"/> is what came of it.</summary>
    public void Applied(ClusterState state, int bytes)
    {
        _entries++;
        _bytes += bytes;
        if ((_entries < options.EntriesMax && _bytes < options.BytesMax) || !_running.IsCompleted) return;
        Restored();
        _running = Task.Run(() => CompactAsync(state));
    }

    /// <summary>Counting begins anew: the projection came from a snapshot.</summary>
    public void Restored() => _entries = _bytes = 0;

    /// <summary>After a refusal everything is as before; the count that has begun anew leads to the next try.</summary>
    private async Task CompactAsync(ClusterState state)
    {
        try
        {
            await BeforeCompaction(state.Version);
            var encoded = StateSnapshot.Encode(state);
            await log.CompactAsync(state.Version.Value, encoded, CancellationToken.None);
            history.Compacted(state.Version);
            LogCompacted(state.Version.Value, encoded.Length);
        }
        catch (Exception e) when (e is IOException or ArgumentException or LogDamagedException or ObjectDisposedException)
        {
            // A log that is damaged or gone tells so to its readers as well: that ends the daemon, not this.
            LogNotCompacted(e.Message, options.EntriesMax);
        }
    }
}

/// <summary>When the log is compacted.</summary>
internal sealed record CompactionOptions
{
    /// <summary>As many as the store keeps behind a snapshot for members that are a little late: replay at a start stays below a second.</summary>
    public int EntriesMax { get; init; } = 10_000;

    /// <summary>Half a segment of the store: large batches fill disks before they fill counts.</summary>
    public long BytesMax { get; init; } = 8 * 1024 * 1024;
}

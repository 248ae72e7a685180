using System.Runtime.CompilerServices;
using Drcm.Consensus.Entries;
using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Engines.DotNext;

public sealed partial class DotNextLog
{
    /// <summary>Entries taken from the log at one time, for one reader: bounds its memory.</summary>
    private const int BatchEntriesMax = 1024;
    private const int BatchBytesMax = 1024 * 1024;

    /// <inheritdoc/>
    /// <exception cref="LogDamagedException">A committed entry could not be understood, or the log can no longer be written.</exception>
    /// <exception cref="ObjectDisposedException">The log was stopped.</exception>
    public async IAsyncEnumerable<CommittedEntry> ReadCommittedAsync(
        long afterIndex, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterIndex);
        if (_engine is null)
        {
            throw new InvalidOperationException("the log has not been started");
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        List<CommittedEntry> batch = [];
        List<StoredEntry> stored = [];
        for (var cursor = afterIndex; ;)
        {
            var next = _committed.NextAdvance;
            if (cursor < _committed.AppliedIndex)
            {
                cursor = ReadBatch(cursor, _committed.AppliedIndex, stored, batch);
                foreach (var entry in batch)
                {
                    yield return entry;
                }

                continue;
            }

            _committed.ThrowIfFaulty();
            await WaitAsync(next, either.Token);
        }
    }

    /// <returns>The index up to which entries were looked at.</returns>
    private long ReadBatch(long cursor, long appliedIndex, List<StoredEntry> stored, List<CommittedEntry> batch)
    {
        batch.Clear();
        stored.Clear();
        ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
        if (cursor < _committed.BaseIndex || !_store!.TryRead(cursor + 1, appliedIndex, BatchEntriesMax, BatchBytesMax, stored))
        {
            var snapshot = _store!.Snapshot ?? throw new LogDamagedException($"entry {cursor + 1} is neither in the log nor in a snapshot");
            batch.Add(new(snapshot.Index, snapshot.Term, snapshot.State, IsSnapshot: true));
            return snapshot.Index;
        }

        foreach (var entry in stored)
        {
            if (_committed.IsEffective(entry.Index))
            {
                batch.Add(new(entry.Index, entry.Term, entry.Payload[EntryFrame.HeaderBytes..]));
            }
        }

        return stored[^1].Index;
    }

    /// <summary>Waits; a stop of the log shows as its disposal, the caller's cancelling as cancelling.</summary>
    private async ValueTask WaitAsync(Task task, CancellationToken either)
    {
        try
        {
            await task.WaitAsync(either);
        }
        catch (OperationCanceledException e) when (_stop.IsCancellationRequested)
        {
            throw new ObjectDisposedException("the log was stopped", e);
        }
    }
}

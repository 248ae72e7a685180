using System.Buffers;
using System.Runtime.CompilerServices;
using Drcm.Consensus.Entries;

namespace Drcm.Consensus.Engines.DotNext;

public sealed partial class DotNextLog
{
    /// <summary>Entries copied from the log at one time, for one reader: bounds its memory and how long it keeps appends of a new leader waiting.</summary>
    private const int BatchEntriesMax = 256;
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
        for (var cursor = afterIndex; ;)
        {
            var next = _committed.NextAdvance;
            if (cursor < _committed.AppliedIndex)
            {
                cursor = await ReadBatchAsync(cursor, _committed.AppliedIndex, batch, either.Token);
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
    private async ValueTask<long> ReadBatchAsync(long cursor, long appliedIndex, List<CommittedEntry> batch, CancellationToken cancellationToken)
    {
        batch.Clear();
        await WaitAsync(_reading.WaitAsync(cancellationToken), CancellationToken.None);
        try
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            var last = Math.Min(appliedIndex, cursor + BatchEntriesMax);
            using var entries = await _log!.ReadAsync(cursor + 1, last, CancellationToken.None);
            var bytes = 0L;
            for (var i = 0; i < entries.Count && bytes < BatchBytesMax; i++)
            {
                var entry = entries[i];
                cursor = entry.Index;
                if (_committed.IsEffective(entry.Index) && entry.TryGetPayload(out var frame))
                {
                    batch.Add(new(entry.Index, entry.Term, frame.Slice(EntryFrame.HeaderBytes).ToArray()));
                    bytes += frame.Length;
                }
            }

            return cursor;
        }
        catch (Exception e) when (DurableLog.IsBroken(e))
        {
            throw _committed.Fail(e);
        }
        finally
        {
            _reading.Release();
        }
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

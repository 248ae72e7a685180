using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Engines.DotNext;

internal sealed partial class EngineLog
{
    private readonly List<TaskCompletionSource> _reached = [];
    private readonly List<StoredEntry> _batch = [];

    /// <summary>Fewer entries than asked for are allowed: the engine goes on behind the last one it got.</summary>
    async ValueTask<TResult> IAuditTrail<IRaftLogEntry>.ReadAsync<TResult>(
        ILogEntryConsumer<IRaftLogEntry, TResult> reader, long startIndex, long endIndex, CancellationToken token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(startIndex);
        if (startIndex > endIndex)
        {
            return await reader.ReadAsync<EngineEntry, EngineEntry[]>([], null, token);
        }

        if (reader.LogEntryMetadataOnly && startIndex == endIndex)
        {
            return await reader.ReadAsync<EngineEntry, EngineEntry[]>([new(new StoredEntry(startIndex, _store.TermAt(startIndex), EntryKind.Ordinary, null, default))], null, token);
        }

        List<StoredEntry> entries = [];
        if (startIndex > _store.LastIndex || !_store.TryRead(startIndex, endIndex, BatchEntriesMax, BatchBytesMax, entries))
        {
            return _store.Snapshot is { } snapshot && snapshot.Index >= startIndex
                ? Uncounted(await reader.ReadAsync<EngineEntry, EngineEntry[]>([new(snapshot)], snapshot.Index, token))
                : throw new ArgumentOutOfRangeException(nameof(startIndex), startIndex, "no such entry");
        }

        var list = new EngineEntry[entries.Count];
        for (var i = 0; i < list.Length; i++)
        {
            list[i] = new(entries[i]);
        }

        var result = await reader.ReadAsync<EngineEntry, EngineEntry[]>(list, null, token);
        if (entries[^1].Index < endIndex)
        {
            MoreToSend?.Invoke();
            return Uncounted(result);
        }

        return result;
    }

    /// <summary>The engine takes the middle one of the answers that make its majority for what a majority has. With four members or more that holds only
    /// when each of them got everything that the round was to bring; who got a part, or a snapshot, is no part of a majority in this round.</summary>
    private static TResult Uncounted<TResult>(TResult result) =>
        result is Result<ReplicationStatus> { Value.Result: HeartbeatResult.ReplicatedWithLeaderTerm } answer
            ? (TResult)(object)new Result<ReplicationStatus> { Term = answer.Term, Value = answer.Value with { Result = HeartbeatResult.Replicated } }
            : result;

    async ValueTask<long> IAuditTrail.CommitAsync(long endIndex, CancellationToken token)
    {
        var before = _store.CommitIndex;
        if (endIndex > before)
        {
            await _store.FlushedAsync(endIndex);
            _store.Commit(endIndex);
            CommitMoved?.Invoke();
        }

        // A call before this one may have been given up between the two.
        if (Volatile.Read(ref _appliedIndex) < endIndex)
        {
            await ApplyAsync(endIndex, token);
        }

        return Math.Max(0, endIndex - before);
    }

    ValueTask IAuditTrail.WaitForApplyAsync(CancellationToken token) => ((IAuditTrail)this).WaitForApplyAsync(Volatile.Read(ref _appliedIndex) + 1, token);

    async ValueTask IAuditTrail.WaitForApplyAsync(long index, CancellationToken token)
    {
        _committed.ThrowIfFaulty();
        Task applied;
        lock (_sync)
        {
            if (index <= _appliedIndex)
            {
                return;
            }

            applied = _unapplied.AddAsync(index);
        }

        await applied.WaitAsync(token);
    }

    /// <summary>Hands committed entries on, in order, each once.</summary>
    private async Task ApplyAsync(long endIndex, CancellationToken token)
    {
        await _applying.WaitAsync(token);
        try
        {
            while (_appliedIndex < endIndex)
            {
                _batch.Clear();
                if (!_store.TryRead(_appliedIndex + 1, endIndex, BatchEntriesMax, BatchBytesMax, _batch))
                {
                    throw new LogDamagedException($"entry {_appliedIndex + 1} is committed but not in the log");
                }

                foreach (var entry in _batch)
                {
                    _committed.Apply(entry);
                }

                SetApplied(_batch[^1].Index);
            }
        }
        catch (LogDamagedException e)
        {
            List<TaskCompletionSource> waiting;
            lock (_sync)
            {
                waiting = _unapplied.TakeAll();
            }

            waiting.ForEach(w => w.TrySetException(e));
            throw;
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>Keeps the state in place of the entries up to <paramref name="index"/>.</summary>
    public void Compact(long index, ReadOnlyMemory<byte> state)
    {
        _store.Compact(index, state);
        _committed.ForgetBefore(_store.FirstIndex);
    }

    private void Restore(StoredSnapshot snapshot)
    {
        _committed.Restore(snapshot.Index);
        SetApplied(snapshot.Index);
    }

    private void SetApplied(long index)
    {
        lock (_sync)
        {
            Volatile.Write(ref _appliedIndex, Math.Max(_appliedIndex, index));
            _unapplied.TakeUpTo(index, _reached);
        }

        _committed.Advance();
        _reached.ForEach(r => r.TrySetResult());
        _reached.Clear();
    }
}

namespace Drcm.Consensus.Storage;

internal sealed partial class EntryStore
{
    /// <summary>Appends behind the last entry; readable at once, flushed later.</summary>
    /// <returns>Its index.</returns>
    /// <exception cref="StoreUnavailableException">The disk refuses writes.</exception>
    public long Append(long term, EntryKind kind, int? commandId, ReadOnlyMemory<byte> payload)
    {
        long index;
        lock (_sync)
        {
            ThrowIfUnusable();
            index = _lastIndex + 1;
            Add(new(index, term, kind, commandId, payload));
        }

        _wake.Set();
        return index;
    }

    /// <summary>Appends a leader's entries, which begin at <paramref name="entries"/>[0].Index. What is there already stays; from the first entry
    /// of another term on, the old ones go (Raft, figure 2, AppendEntries 3 and 4).</summary>
    /// <exception cref="InvalidOperationException">A committed entry would be replaced, or entries would be missing between.</exception>
    /// <exception cref="StoreUnavailableException">The disk refuses writes.</exception>
    public void AppendFromLeader(IReadOnlyList<StoredEntry> entries)
    {
        var next = 0;
        while (next < entries.Count && entries[next].Index <= LastIndex
               && (entries[next].Index <= (Snapshot?.Index ?? 0) || TermAt(entries[next].Index) == entries[next].Term))
        {
            next++;
        }

        if (next == entries.Count)
        {
            return;
        }

        if (entries[next].Index <= LastIndex)
        {
            CutFrom(entries[next].Index);
        }

        lock (_sync)
        {
            ThrowIfUnusable();
            if (entries[next].Index != _lastIndex + 1)
            {
                throw new InvalidOperationException($"entry {entries[next].Index} cannot follow entry {_lastIndex}");
            }

            for (; next < entries.Count; next++)
            {
                Add(entries[next]);
            }
        }

        _wake.Set();
    }

    /// <summary>Completes when everything up to <paramref name="index"/> is on stable storage.</summary>
    /// <exception cref="StoreUnavailableException">The disk refuses writes, and the entry is gone again.</exception>
    /// <exception cref="LogDamagedException">A flush failed.</exception>
    public Task FlushedAsync(long index)
    {
        lock (_sync)
        {
            if (index <= _flushedIndex)
            {
                return Task.CompletedTask;
            }

            try
            {
                ThrowIfUnusable();
            }
            catch (Exception e) when (e is StoreUnavailableException or LogDamagedException or ObjectDisposedException)
            {
                return Task.FromException(e);
            }

            return index > _lastIndex
                ? Task.FromException(new StoreUnavailableException($"entry {index} is not in the log any more"))
                : _waiters.AddAsync(index);
        }
    }

    private void Add(in StoredEntry entry)
    {
        _gathered.Add(entry);
        _tail.Add(entry);
        _terms.Add(entry.Index, entry.Term);
        if (entry.Kind == EntryKind.Configuration)
        {
            _lists.Add(entry.Index, entry.Payload);
        }

        Volatile.Write(ref _lastIndex, entry.Index);
    }

    private void CutFrom(long index)
    {
        if (index <= CommitIndex)
        {
            throw new InvalidOperationException($"entry {index} is committed and cannot be replaced");
        }

        lock (_disk)
        {
            ThrowIfUnusable();
            try
            {
                if (index <= FlushedIndex)
                {
                    // The mark first: a crash in between must not look like a loss.
                    SaveMark(index - 1, TermAt(index - 1), isFlushed: true);
                }

                lock (_sync)
                {
                    Forget(index);
                    Volatile.Write(ref _flushedIndex, Math.Min(_flushedIndex, index - 1));
                }

                CutFiles(index);
            }
            catch (Exception e) when (Refuses(e))
            {
                throw BeginTrouble(e);
            }
            catch (FlushFailedException e)
            {
                throw Break(e);
            }
        }
    }

    /// <summary>Removes the entries from <paramref name="index"/> on, and what a write that failed left behind them.</summary>
    private void CutFiles(long index)
    {
        while (_segments.Count > 1 && _segments[^1].FirstIndex >= index)
        {
            _files.Delete(_segments[^1].File.Path);
            lock (_sync)
            {
                _segments[^1].Dispose();
                _segments.RemoveAt(_segments.Count - 1);
            }

            _files.FlushDirectory(_options.Directory);
        }

        var segment = _segments[^1];
        if (segment.LastIndex >= index)
        {
            lock (_sync)
            {
                segment.CutFrom(Math.Max(index, segment.FirstIndex));
            }
        }

        segment.File.SetLength(segment.End);
        segment.ZeroedTo = segment.End;
        segment.File.Flush();
    }

    private void Forget(long fromIndex)
    {
        _gathered.RemoveAll(e => e.Index >= fromIndex);
        _tail.CutFrom(fromIndex);
        _terms.CutFrom(fromIndex);
        _lists.CutFrom(fromIndex);
        Volatile.Write(ref _lastIndex, fromIndex - 1);
    }
}

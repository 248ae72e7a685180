namespace Drcm.Consensus.Storage;

internal sealed partial class EntryStore
{
    private readonly Lock _compacting = new();

    /// <summary>Keeps the state that results from all entries up to <paramref name="index"/> and drops those entries, but for the newest.</summary>
    /// <exception cref="StoreUnavailableException">The disk refuses writes; the former snapshot stands.</exception>
    public void Compact(long index, ReadOnlyMemory<byte> state)
    {
        lock (_compacting)
        {
            if (index <= (Snapshot?.Index ?? 0) || index > CommitIndex)
            {
                return;
            }

            var snapshot = new StoredSnapshot(index, TermAt(index), state) { MemberList = ListAt(index).Bytes };
            WriteGuarded(() => Put(snapshot), Prepare(snapshot));
            lock (_disk)
            {
                DropSegments(Math.Min(index, LastIndex - _options.KeptEntries));
            }
        }
    }

    /// <summary>Takes a leader's snapshot in place of everything up to its index; of what follows, only what fits to it stays.</summary>
    /// <exception cref="StoreUnavailableException">The disk refuses writes; the log is as before.</exception>
    public void Install(StoredSnapshot snapshot)
    {
        lock (_compacting)
        {
            if (snapshot.Index <= CommitIndex)
            {
                return;
            }

            WriteGuarded(() => Replace(snapshot), Prepare(snapshot));
        }
    }

    private string Prepare(StoredSnapshot snapshot)
    {
        var temporary = PathOf(snapshot.FileName + StoredSnapshot.TemporarySuffix);
        WriteGuarded(() =>
        {
            using var file = _files.Open(temporary);
            file.SetLength(0);
            file.Write(snapshot.ToBytes(), 0);
            file.Flush();
        }, temporary, locked: false);
        return temporary;
    }

    private void Put(StoredSnapshot snapshot)
    {
        var old = Snapshot;
        _files.Rename(PathOf(snapshot.FileName + StoredSnapshot.TemporarySuffix), PathOf(snapshot.FileName));
        _files.FlushDirectory(_options.Directory);
        Volatile.Write(ref _snapshot, snapshot);
        lock (_sync)
        {
            _lists.Reset(snapshot.Index, snapshot.MemberList);
        }

        if (old is not null)
        {
            _files.Delete(PathOf(old.FileName));
        }
    }

    private void Replace(StoredSnapshot snapshot)
    {
        var fits = snapshot.Index <= FlushedIndex && TermAt(snapshot.Index) == snapshot.Term;
        if (!fits)
        {
            // What is not committed may go with the rest: a crash from here on must not look like a loss.
            var kept = Math.Min(FlushedIndex, CommitIndex);
            SaveMark(kept, TermAt(kept), isFlushed: true);
        }

        Put(snapshot);
        if (!fits)
        {
            lock (_sync)
            {
                Forget(snapshot.Index + 1);
                _gathered.Clear();
                _tail.Clear();
                _terms.Reset(snapshot.Index, snapshot.Term);
                Volatile.Write(ref _lastIndex, snapshot.Index);
                Volatile.Write(ref _flushedIndex, snapshot.Index);
            }

            RemoveSegments();
            Begin();
        }

        Volatile.Write(ref _commitIndex, Math.Max(_commitIndex, snapshot.Index));
        SaveMark(FlushedIndex, TermAt(FlushedIndex), isFlushed: true);
    }

    private void DropSegments(long upTo)
    {
        while (_segments.Count > 1 && _segments[1].FirstIndex <= upTo + 1)
        {
            var first = _segments[0];
            lock (_sync)
            {
                _segments.RemoveAt(0);
                _terms.DropBefore(_segments[0].FirstIndex - 1);
            }

            first.Dispose();
            _files.Delete(first.File.Path);
        }
    }

    private void WriteGuarded(Action write, string temporary, bool locked = true)
    {
        try
        {
            if (locked)
            {
                lock (_disk)
                {
                    ThrowIfUnusable();
                    write();
                }
            }
            else
            {
                write();
            }
        }
        catch (Exception e) when (Refuses(e))
        {
            TryDelete(temporary);
            throw locked ? BeginTrouble(e) : new StoreUnavailableException($"{temporary}: {e.Message}", e);
        }
        catch (FlushFailedException e)
        {
            throw Break(e);
        }
    }

    private void TryDelete(string path)
    {
        try
        {
            _files.Delete(path);
        }
        catch (Exception e) when (Refuses(e))
        {
            // It is removed at the next start.
        }
    }
}

namespace Drcm.Consensus.Storage;

/// <summary>The newest entries in memory, bounded by bytes and by number. Not thread-safe.</summary>
internal sealed class Tail(int bytesMax, int entriesMax)
{
    private StoredEntry[] _ring = new StoredEntry[256];
    private long _first = 1;
    private int _count;
    private long _bytes;

    public long FirstIndex => _first;

    public bool Contains(long index) => index >= _first && index < _first + _count;

    public StoredEntry this[long index] => _ring[index & (_ring.Length - 1)];

    public void Add(in StoredEntry entry)
    {
        if (_count == 0)
        {
            _first = entry.Index;
        }

        if (_count == _ring.Length)
        {
            Grow();
        }

        _ring[entry.Index & (_ring.Length - 1)] = entry;
        _count++;
        _bytes += entry.Payload.Length;
    }

    /// <summary>Drops the oldest until the bounds hold.</summary>
    /// <param name="keepFrom">Entries from this index on stay, whatever the bounds say: they are in no file yet.</param>
    public void Trim(long keepFrom)
    {
        while ((_bytes > bytesMax || _count > entriesMax) && _first < keepFrom)
        {
            RemoveFirst();
        }
    }

    public void CutFrom(long index)
    {
        while (_count > 0 && _first + _count > index)
        {
            ref var last = ref _ring[(_first + _count - 1) & (_ring.Length - 1)];
            _bytes -= last.Payload.Length;
            last = default;
            _count--;
        }
    }

    public void Clear() => CutFrom(_first);

    private void RemoveFirst()
    {
        ref var first = ref _ring[_first & (_ring.Length - 1)];
        _bytes -= first.Payload.Length;
        first = default;
        _first++;
        _count--;
    }

    private void Grow()
    {
        var grown = new StoredEntry[_ring.Length * 2];
        for (var i = 0; i < _count; i++)
        {
            grown[(_first + i) & (grown.Length - 1)] = this[_first + i];
        }

        _ring = grown;
    }
}

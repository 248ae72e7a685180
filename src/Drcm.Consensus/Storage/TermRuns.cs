namespace Drcm.Consensus.Storage;

/// <summary>The term of each index, kept as the index at which each term begins. Not thread-safe.</summary>
internal sealed class TermRuns
{
    private readonly List<(long From, long Term)> _runs = [];

    /// <summary>Forgets everything; <paramref name="index"/> itself is of <paramref name="term"/>.</summary>
    public void Reset(long index, long term)
    {
        _runs.Clear();
        _runs.Add((index, term));
    }

    public void Add(long index, long term)
    {
        if (_runs.Count == 0 || _runs[^1].Term != term)
        {
            _runs.Add((index, term));
        }
    }

    public void AddAll(TermRuns later)
    {
        foreach (var (from, term) in later._runs)
        {
            Add(from, term);
        }
    }

    public void CutFrom(long index)
    {
        while (_runs.Count > 0 && _runs[^1].From >= index)
        {
            _runs.RemoveAt(_runs.Count - 1);
        }
    }

    /// <summary>Drops what nobody can ask for any more.</summary>
    public void DropBefore(long index)
    {
        var keep = _runs.FindLastIndex(r => r.From <= index);
        if (keep > 0)
        {
            _runs.RemoveRange(0, keep);
        }
    }

    public long TermAt(long index)
    {
        for (var i = _runs.Count - 1; i >= 0; i--)
        {
            if (_runs[i].From <= index)
            {
                return _runs[i].Term;
            }
        }

        return 0;
    }
}

namespace Drcm.Consensus.Storage;

/// <summary>The member lists that are in the log, each with its index, oldest first; the first one may be of a snapshot. Not thread-safe.</summary>
internal sealed class StoredLists
{
    private readonly List<(long Index, ReadOnlyMemory<byte> Bytes)> _lists = [];

    /// <summary>Index 0 and no bytes when there is none.</summary>
    public (long Index, ReadOnlyMemory<byte> Bytes) Newest => _lists.Count == 0 ? default : _lists[^1];

    public void Add(long index, ReadOnlyMemory<byte> bytes) => _lists.Add((index, bytes));

    public void AddAll(StoredLists later) => _lists.AddRange(later._lists.Where(l => l.Index > Newest.Index));

    /// <summary>The one that stood at an index.</summary>
    public (long Index, ReadOnlyMemory<byte> Bytes) At(long index) => _lists.FindLast(l => l.Index <= index);

    public bool Any(Func<long, ReadOnlyMemory<byte>, bool> condition) => _lists.Exists(l => condition(l.Index, l.Bytes));

    public void CutFrom(long index) => _lists.RemoveAll(l => l.Index >= index);

    /// <summary>Those that a snapshot's list stands for are forgotten.</summary>
    public void Reset(long index, ReadOnlyMemory<byte> bytes)
    {
        _lists.RemoveAll(l => l.Index <= index);
        if (!bytes.IsEmpty)
        {
            _lists.Insert(0, (index, bytes));
        }
    }
}

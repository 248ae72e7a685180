namespace Drcm.Consensus.Storage;

internal sealed partial class EntryStore
{
    /// <summary>Reads entries from <paramref name="startIndex"/> to at most <paramref name="endIndex"/>, at least one, within the bounds; from memory when
    /// they are there, else from their file.</summary>
    /// <returns>False when the first one was compacted: the snapshot is there in its place.</returns>
    /// <exception cref="LogDamagedException">The file does not say any more what was written.</exception>
    public bool TryRead(long startIndex, long endIndex, int entriesMax, int bytesMax, List<StoredEntry> into)
    {
        while (true)
        {
            Segment segment;
            int from, to;
            lock (_sync)
            {
                endIndex = Math.Min(endIndex, _lastIndex);
                if (_tail.Contains(startIndex))
                {
                    ReadTail(startIndex, endIndex, entriesMax, bytesMax, into);
                    return true;
                }

                if (FindSegment(startIndex) is not { } found)
                {
                    return false;
                }

                segment = found;
                (from, to) = RangeOf(segment, startIndex, endIndex, entriesMax, bytesMax);
            }

            if (TryReadFile(segment, startIndex, from, to, into))
            {
                return true;
            }

            lock (_sync)
            {
                if (FindSegment(startIndex) == segment && segment.LastIndex >= startIndex && segment.PositionOf(startIndex) == from && IsUsable)
                {
                    throw new LogDamagedException($"{segment.File.Path}: entry {startIndex} cannot be read back; {Remedies.CopyFromOthers}");
                }
            }

            // Cut or compacted while it was being read: look again.
            into.Clear();
        }
    }

    private void ReadTail(long startIndex, long endIndex, int entriesMax, int bytesMax, List<StoredEntry> into)
    {
        var bytes = 0;
        for (var index = startIndex; index <= endIndex && into.Count < entriesMax && (into.Count == 0 || bytes < bytesMax); index++)
        {
            into.Add(_tail[index]);
            bytes += _tail[index].Payload.Length;
        }
    }

    private Segment? FindSegment(long index)
    {
        for (var i = _segments.Count - 1; i >= 0; i--)
        {
            if (_segments[i].FirstIndex <= index)
            {
                return _segments[i].LastIndex >= index ? _segments[i] : null;
            }
        }

        return null;
    }

    private static (int From, int To) RangeOf(Segment segment, long startIndex, long endIndex, int entriesMax, int bytesMax)
    {
        var last = Math.Min(Math.Min(endIndex, segment.LastIndex), startIndex + entriesMax - 1);
        var from = segment.PositionOf(startIndex);
        while (last > startIndex && segment.PositionOf(last + 1) - from > bytesMax)
        {
            last = startIndex + (last - startIndex) / 2;
        }

        return (from, segment.PositionOf(last + 1));
    }

    private static bool TryReadFile(Segment segment, long startIndex, int from, int to, List<StoredEntry> into)
    {
        var bytes = new byte[to - from];
        try
        {
            if (segment.File.Read(bytes, from) != bytes.Length)
            {
                return false;
            }
        }
        catch (ObjectDisposedException)
        {
            return false;
        }

        for (var position = 0; position < bytes.Length;)
        {
            if (!Record.TryRead(bytes.AsMemory(position), out var entry) || entry.Index != startIndex + into.Count)
            {
                return false;
            }

            into.Add(entry);
            position += Record.SizeOf(entry.Payload.Length);
        }

        return true;
    }
}

using System.Buffers;

namespace Drcm.Consensus.Storage;

/// <summary>What reading a segment from its first byte to its end found.</summary>
/// <param name="Positions">Of the sound records, in order.</param>
/// <param name="End">Where the sound records end.</param>
/// <param name="Damage">Empty, or what is wrong behind them.</param>
/// <param name="IsTorn">A last write that never was complete lies behind the end.</param>
internal sealed record SegmentScan(long FirstIndex, long PrecedingTerm, List<int> Positions, int End, string Damage, bool IsTorn)
{
    public long LastIndex => FirstIndex + Positions.Count - 1;

    /// <param name="onEntry">Called for each sound entry, with its position; the payload is valid during the call.</param>
    public static SegmentScan Read(IStoreFile file, Action<StoredEntry, int> onEntry)
    {
        if (file.Length > Segment.BytesMax)
        {
            return new(0, 0, [], 0, "is too large for a segment", false);
        }

        var length = (int)file.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(length, Segment.HeadBytes));
        try
        {
            var bytes = buffer.AsMemory(0, file.Read(buffer.AsSpan(0, length), 0));
            return Segment.ReadHead(bytes.Span) is { } head
                ? Read(bytes, head.FirstIndex, head.PrecedingTerm, onEntry)
                : new(0, 0, [], 0, "is no segment of the log, or its head is damaged", false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static SegmentScan Read(ReadOnlyMemory<byte> bytes, long firstIndex, long precedingTerm, Action<StoredEntry, int> onEntry)
    {
        List<int> positions = [];
        var (position, term) = (Segment.HeadBytes, precedingTerm);
        while (true)
        {
            var rest = bytes[position..];
            if (rest.Length < Record.HeadBytes || IsZero(rest.Span[..Record.HeadBytes]))
            {
                return new(firstIndex, precedingTerm, positions, position, "", IsTorn: !IsZero(rest.Span));
            }

            if (!Record.TryRead(rest, out var entry))
            {
                var isTorn = IsTornAt(bytes.Span, position);
                return new(firstIndex, precedingTerm, positions, position, isTorn ? "" : $"a damaged entry at offset {position}", isTorn);
            }

            if (entry.Index != firstIndex + positions.Count || entry.Term < term)
            {
                return new(
                    firstIndex, precedingTerm, positions, position, $"entry {entry.Index} of term {entry.Term} at offset {position}, out of order", false);
            }

            onEntry(entry, position);
            positions.Add(position);
            term = entry.Term;
            position += Record.SizeOf(entry.Payload.Length);
            if (position > bytes.Length)
            {
                // The padding of the last record was cut off: the record itself is whole.
                return new(firstIndex, precedingTerm, positions, position, "", false);
            }
        }
    }

    /// <summary>A write that a loss of power cut short leaves whole sectors as they were, which is zero; damage does not.</summary>
    private static bool IsTornAt(ReadOnlySpan<byte> bytes, int position)
    {
        var claimed = Record.PayloadLength(bytes[position..]) is { } length ? Record.SizeOf(length) : Record.HeadBytes;
        if (position + claimed > bytes.Length)
        {
            return true;
        }

        for (var from = position; from < position + claimed;)
        {
            var to = Math.Min((from / SmallRecord.SectorBytes + 1) * SmallRecord.SectorBytes, position + claimed);
            if (IsZero(bytes[from..to]))
            {
                return true;
            }

            from = to;
        }

        return false;
    }

    private static bool IsZero(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept((byte)0);
}

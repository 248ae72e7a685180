using System.Buffers.Binary;
using System.Globalization;

namespace Drcm.Consensus.Storage;

/// <summary>One file of consecutive entries: a head of 32 bytes (magic 8, first index 8, term of the entry before 8, CRC-32C 4, zero 4), then records, then
/// zeros. Positions are kept in memory, four bytes for each entry.</summary>
internal sealed class Segment : IDisposable
{
    public const int HeadBytes = 32;

    /// <summary>No segment comes near it; what is larger is something else.</summary>
    public const int BytesMax = 256 * 1024 * 1024;
    private const string Suffix = ".log";
    private static ReadOnlySpan<byte> Magic => "DRCMLOG2"u8;

    private readonly List<int> _positions;

    private Segment(IStoreFile file, long firstIndex, long precedingTerm, List<int> positions, int end)
    {
        (File, FirstIndex, PrecedingTerm, _positions, End, ZeroedTo) = (file, firstIndex, precedingTerm, positions, end, end);
    }

    public IStoreFile File { get; }

    public long FirstIndex { get; }

    public long PrecedingTerm { get; }

    /// <summary>Where the next record goes.</summary>
    public int End { get; private set; }

    /// <summary>Up to here zeros or records were written: its blocks are there.</summary>
    public int ZeroedTo { get; set; }

    public long LastIndex => FirstIndex + _positions.Count - 1;

    public static string FileName(long firstIndex) => firstIndex.ToString("D20", CultureInfo.InvariantCulture) + Suffix;

    public static long? FirstIndexOf(string fileName) =>
        fileName.EndsWith(Suffix, StringComparison.Ordinal) && long.TryParse(fileName.AsSpan(0, fileName.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : null;

    /// <summary>A new, empty one, its head flushed; the caller flushes the directory.</summary>
    public static Segment Create(IStoreFile file, long firstIndex, long precedingTerm)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        head.Clear();
        Magic.CopyTo(head);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], firstIndex);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], precedingTerm);
        BinaryPrimitives.WriteUInt32LittleEndian(head[24..], Record.Crc(head[..24]));
        file.SetLength(0);
        file.Write(head, 0);
        file.Flush();
        return new(file, firstIndex, precedingTerm, [], HeadBytes);
    }

    public static Segment Opened(IStoreFile file, long firstIndex, long precedingTerm, List<int> positions, int end) =>
        new(file, firstIndex, precedingTerm, positions, end);

    /// <returns>First index and the term before it; null when the head is not one.</returns>
    public static (long FirstIndex, long PrecedingTerm)? ReadHead(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeadBytes && bytes[..8].SequenceEqual(Magic) && BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]) == Record.Crc(bytes[..24])
            ? (BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]))
            : null;

    public void Added(int recordBytes)
    {
        _positions.Add(End);
        End += recordBytes;
    }

    public int PositionOf(long index) => index > LastIndex ? End : _positions[(int)(index - FirstIndex)];

    /// <summary>Removes the entries from <paramref name="index"/> on, in memory.</summary>
    public void CutFrom(long index)
    {
        End = PositionOf(index);
        _positions.RemoveRange((int)(index - FirstIndex), _positions.Count - (int)(index - FirstIndex));
        ZeroedTo = End;
    }

    public void Dispose() => File.Dispose();
}

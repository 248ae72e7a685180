using System.Buffers.Binary;
using System.Globalization;

namespace Drcm.Consensus.Storage;

/// <summary>A snapshot file, whole: head of 40 bytes (magic 8, index 8, term 8, state length 8, CRC-32C of all else 4, zero 4), then the state, then the member
/// list that stood at the index; none when that of the beginning stood.</summary>
/// <param name="Index">The last entry that is in it.</param>
/// <param name="Term">Of that entry.</param>
internal sealed record StoredSnapshot(long Index, long Term, ReadOnlyMemory<byte> State)
{
    public const int HeadBytes = 40;

    /// <summary>The list of the most members with the longest names stays below the last part.</summary>
    public const int FileBytesMax = HeadBytes + LogLimits.SnapshotBytesMax + 32 * 1024;
    public const string TemporarySuffix = ".tmp";
    private const string Prefix = "snapshot-";
    private static ReadOnlySpan<byte> Magic => "DRCMSNAP"u8;

    public ReadOnlyMemory<byte> MemberList { get; init; }

    public string FileName => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Index:D20}-{Term}");

    public static bool IsFileName(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && !name.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    public byte[] ToBytes()
    {
        var bytes = new byte[HeadBytes + State.Length + MemberList.Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Index);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Term);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), State.Length);
        State.CopyTo(bytes.AsMemory(HeadBytes));
        MemberList.CopyTo(bytes.AsMemory(HeadBytes + State.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(32), CrcOf(bytes));
        return bytes;
    }

    /// <summary>False for anything but a whole, sound snapshot.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out StoredSnapshot snapshot)
    {
        snapshot = null!;
        var span = bytes.Span;
        if (span.Length < HeadBytes || !span[..8].SequenceEqual(Magic))
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt64LittleEndian(span[24..]);
        if (length < 0 || length > span.Length - HeadBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(span[32..]) != CrcOf(span) || BinaryPrimitives.ReadInt64LittleEndian(span[8..]) <= 0)
        {
            return false;
        }

        snapshot = new(BinaryPrimitives.ReadInt64LittleEndian(span[8..]), BinaryPrimitives.ReadInt64LittleEndian(span[16..]), bytes.Slice(HeadBytes, (int)length))
        {
            MemberList = bytes[(HeadBytes + (int)length)..],
        };
        return true;
    }

    /// <summary>Where a damaged one is wrong, and how.</summary>
    public static (long Offset, string Problem) Explain(ReadOnlySpan<byte> bytes) =>
        bytes.Length < HeadBytes ? (bytes.Length, "is shorter than the head of a snapshot")
        : !bytes[..8].SequenceEqual(Magic) ? (0, "is no snapshot, or its head is damaged")
        : BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]) is var length && length != bytes.Length - HeadBytes
            ? (Math.Min(bytes.Length, HeadBytes + Math.Max(length, 0)), $"has {bytes.Length - HeadBytes} bytes of state instead of {length}")
        : (32, "the checksum does not match");

    private static uint CrcOf(ReadOnlySpan<byte> bytes) => Record.Crc(bytes[..32]) ^ Record.Crc(bytes[HeadBytes..]);
}

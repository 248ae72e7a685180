using System.Buffers.Binary;
using System.Numerics;

namespace Drcm.Consensus.Storage;

/// <summary>The stored form of an entry: 32 bytes of head, little endian (payload length 4, CRC-32C 4, index 8, term 8, kind 1, has-command 1, zero 2,
/// command 4), then the payload, padded to 8 bytes. The CRC covers the head behind it and the payload.</summary>
internal static class Record
{
    public const int HeadBytes = 32;

    /// <summary>An entry's payload and its frame; no record is longer.</summary>
    public const int PayloadBytesMax = LogLimits.EntryBytesMax + 4096;
    private const int CrcAt = 4;
    private const int CoveredFrom = 8;
    private const int Alignment = 8;

    public static int SizeOf(int payloadBytes) => (HeadBytes + payloadBytes + Alignment - 1) & -Alignment;

    public static void Write(Span<byte> target, in StoredEntry entry)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, entry.Payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], entry.Index);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], entry.Term);
        target[24] = (byte)entry.Kind;
        target[25] = entry.CommandId.HasValue ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt16LittleEndian(target[26..], 0);
        BinaryPrimitives.WriteInt32LittleEndian(target[28..], entry.CommandId ?? 0);
        entry.Payload.Span.CopyTo(target[HeadBytes..]);
        target[(HeadBytes + entry.Payload.Length)..SizeOf(entry.Payload.Length)].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(target[CrcAt..], Crc(target[CoveredFrom..(HeadBytes + entry.Payload.Length)]));
    }

    /// <summary>The payload's length as the head says it; null when no record can say that.</summary>
    public static int? PayloadLength(ReadOnlySpan<byte> head) =>
        BinaryPrimitives.ReadInt32LittleEndian(head) is >= 0 and <= PayloadBytesMax and var length ? length : null;

    /// <summary>False when the CRC does not match or a field has a value that is never written.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> record, out StoredEntry entry)
    {
        entry = default;
        var bytes = record.Span;
        if (bytes.Length < HeadBytes || PayloadLength(bytes) is not { } length || bytes.Length < HeadBytes + length
            || Crc(bytes[CoveredFrom..(HeadBytes + length)]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcAt..])
            || bytes[24] is not ((byte)EntryKind.Ordinary or (byte)EntryKind.Configuration))
        {
            return false;
        }

        entry = new(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            (EntryKind)bytes[24],
            bytes[25] != 0 ? BinaryPrimitives.ReadInt32LittleEndian(bytes[28..]) : null,
            record.Slice(HeadBytes, length));
        return true;
    }

    /// <summary>CRC-32C (Castagnoli), RFC 3720 appendix B.4. The processor has an instruction for it.</summary>
    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}

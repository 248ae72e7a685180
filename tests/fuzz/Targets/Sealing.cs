using System.Buffers.Binary;
using Drcm.Consensus.Storage;

namespace Drcm.Fuzz.Targets;

/// <summary>Checksums of the stored forms, made right.</summary>
internal static class Sealing
{
    /// <summary>A record that begins at <paramref name="at"/>, if one can.</summary>
    /// <returns>Where the next one would begin; null: none can.</returns>
    public static int? Record(byte[] bytes, int at)
    {
        if (at + Consensus.Storage.Record.HeadBytes > bytes.Length || Consensus.Storage.Record.PayloadLength(bytes.AsSpan(at)) is not { } length
            || at + Consensus.Storage.Record.HeadBytes + length > bytes.Length)
        {
            return null;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at + 4), Crc(bytes.AsSpan(at + 8, Consensus.Storage.Record.HeadBytes - 8 + length)));
        return at + Consensus.Storage.Record.SizeOf(length);
    }

    public static void Segment(byte[] bytes)
    {
        if (bytes.Length < Consensus.Storage.Segment.HeadBytes)
        {
            return;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), Crc(bytes.AsSpan(0, 24)));
        for (int? at = Consensus.Storage.Segment.HeadBytes; at is { } next; at = Record(bytes, next))
        {
        }
    }

    public static void SmallRecord(byte[] bytes)
    {
        if (bytes.Length == Consensus.Storage.SmallRecord.SectorBytes)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Crc(bytes.AsSpan(16)));
        }
    }

    public static void Snapshot(byte[] bytes)
    {
        if (bytes.Length >= StoredSnapshot.HeadBytes)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(32), Crc(bytes.AsSpan(0, 32)) ^ Crc(bytes.AsSpan(StoredSnapshot.HeadBytes)));
        }
    }

    private static uint Crc(ReadOnlySpan<byte> bytes) => Consensus.Storage.Record.Crc(bytes);
}

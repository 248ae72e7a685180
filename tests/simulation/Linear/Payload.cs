using System.Buffers.Binary;

namespace Drcm.Simulation.Linear;

/// <summary>What the members' entries and states look like.</summary>
internal static class Payload
{
    public const int EntryBytes = 16;

    /// <summary>As value of a payload that is not as it was written.</summary>
    public const long Damaged = long.MinValue;
    private const int Bytes = 200;

    public static byte[] Of(long value)
    {
        var payload = new byte[Bytes];
        for (var at = 0; at < Bytes; at += sizeof(long))
        {
            BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(at), value + at);
        }

        return payload;
    }

    public static long ValueOf(ReadOnlySpan<byte> payload)
    {
        var value = payload.Length == Bytes ? BinaryPrimitives.ReadInt64LittleEndian(payload) : Damaged;
        return payload.SequenceEqual(Of(value)) ? value : Damaged;
    }

    public static void Write(IReadOnlyList<Entry> entries, Span<byte> bytes)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes[(i * EntryBytes)..], entries[i].Index);
            BinaryPrimitives.WriteInt64LittleEndian(bytes[(i * EntryBytes + sizeof(long))..], entries[i].Value);
        }
    }

    public static Entry[] Read(ReadOnlySpan<byte> bytes)
    {
        var entries = new Entry[bytes.Length / EntryBytes];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = new(
                BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * EntryBytes)..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * EntryBytes + sizeof(long))..]));
        }

        return entries;
    }
}

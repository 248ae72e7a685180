using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Drcm.Consensus.Membership;

/// <summary>What a voter sends to a learner: format 1, term 8, length of the leader's name 1 (0: none known), name, committed up to 8, list length 2, list; then a part of a
/// snapshot (1; index 8, term 8, total 8, offset 8, bytes) or entries (0; each: index 8, term 8, length 4, payload).</summary>
/// <param name="UpTo">What the voter can read itself.</param>
/// <param name="Snapshot">Null when there are entries, or nothing new.</param>
internal sealed record FollowAnswer(long Term, string? Leader, long UpTo, MemberList Members, IReadOnlyList<CommittedEntry> Entries, SnapshotPart? Snapshot)
{
    private const byte Format = 1;
    private const int EntryHeadBytes = sizeof(long) + sizeof(long) + sizeof(int);
    private const int PartHeadBytes = 4 * sizeof(long);

    public static int BytesOf(in CommittedEntry entry) => EntryHeadBytes + entry.Payload.Length;

    public byte[] ToBytes()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        var (leader, list) = (Encoding.UTF8.GetBytes(Leader ?? ""), Members.ToBytes());
        writer.Write(Format);
        writer.Write(Term);
        writer.Write((byte)leader.Length);
        writer.Write(leader);
        writer.Write(UpTo);
        writer.Write((ushort)list.Length);
        writer.Write(list);
        writer.Write((byte)(Snapshot is null ? 0 : 1));
        if (Snapshot is { } part)
        {
            writer.Write(part.Index);
            writer.Write(part.Term);
            writer.Write(part.TotalBytes);
            writer.Write(part.Offset);
            writer.Write(part.Bytes.Span);
        }

        foreach (var entry in Entries)
        {
            writer.Write(entry.Index);
            writer.Write(entry.Term);
            writer.Write(entry.Payload.Length);
            writer.Write(entry.Payload.Span);
        }

        return stream.ToArray();
    }

    /// <summary>False for anything that is no such answer. Payloads are slices of the bytes.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out FollowAnswer answer)
    {
        answer = null!;
        Reader reader = new(bytes);
        if (!reader.TryByte(out var format) || format != Format || !reader.TryLong(out var term) || !reader.TryByte(out var nameBytes) || !reader.TryTake(nameBytes, out var name)
            || !Utf8.IsValid(name.Span) || !reader.TryLong(out var upTo) || !reader.TryTake(sizeof(ushort), out var listBytes)
            || !reader.TryTake(BinaryPrimitives.ReadUInt16LittleEndian(listBytes.Span), out var listPart) || !MemberList.TryRead(listPart.Span, out var list)
            || !reader.TryByte(out var kind) || kind > 1)
        {
            return false;
        }

        SnapshotPart? part = null;
        if (kind == 1 && !TryReadPart(ref reader, out part))
        {
            return false;
        }

        List<CommittedEntry> entries = [];
        while (!reader.IsAtEnd)
        {
            if (!reader.TryLong(out var index) || !reader.TryLong(out var entryTerm) || !reader.TryTake(sizeof(int), out var length)
                || !reader.TryTake(BinaryPrimitives.ReadInt32LittleEndian(length.Span), out var payload) || index <= 0)
            {
                return false;
            }

            entries.Add(new(index, entryTerm, payload));
        }

        answer = new(term, name.IsEmpty ? null : Encoding.UTF8.GetString(name.Span), upTo, list, entries, part);
        return true;
    }

    private static bool TryReadPart(ref Reader reader, out SnapshotPart? part)
    {
        part = null;
        if (!reader.TryTake(PartHeadBytes, out var head))
        {
            return false;
        }

        var rest = reader.TakeRest();
        part = new(
            BinaryPrimitives.ReadInt64LittleEndian(head.Span), BinaryPrimitives.ReadInt64LittleEndian(head.Span[8..]), BinaryPrimitives.ReadInt64LittleEndian(head.Span[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(head.Span[24..]), rest);
        return part.Index > 0 && part.TotalBytes is >= 0 and <= LogLimits.SnapshotBytesMax && part.Offset >= 0 && part.Offset + rest.Length <= part.TotalBytes;
    }

    private struct Reader(ReadOnlyMemory<byte> bytes)
    {
        private ReadOnlyMemory<byte> _rest = bytes;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public bool TryByte(out byte value)
        {
            var isThere = TryTake(1, out var taken);
            value = isThere ? taken.Span[0] : (byte)0;
            return isThere;
        }

        public bool TryLong(out long value)
        {
            var isThere = TryTake(sizeof(long), out var taken);
            value = isThere ? BinaryPrimitives.ReadInt64LittleEndian(taken.Span) : 0;
            return isThere;
        }

        public bool TryTake(int count, out ReadOnlyMemory<byte> taken)
        {
            taken = default;
            if (count < 0 || count > _rest.Length)
            {
                return false;
            }

            (taken, _rest) = (_rest[..count], _rest[count..]);
            return true;
        }

        public ReadOnlyMemory<byte> TakeRest()
        {
            var taken = _rest;
            _rest = default;
            return taken;
        }
    }
}

/// <summary>A part of the state that stands for everything up to an index.</summary>
internal sealed record SnapshotPart(long Index, long Term, long TotalBytes, long Offset, ReadOnlyMemory<byte> Bytes);

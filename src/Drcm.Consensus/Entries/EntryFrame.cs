using System.Buffers;
using System.Buffers.Binary;

namespace Drcm.Consensus.Entries;

/// <summary>What one entry of the stored log says.</summary>
/// <param name="IsBarrier">An entry of a new leader, without payload and effect, whose commit proves its term.</param>
internal readonly record struct EntryHeader(bool IsBarrier, long ExpectedVersion, Guid ProposalId);

/// <summary>The stored form of an entry: format byte; then, for format 1, the expected version (8 bytes, little endian), the proposal's id
/// (16 bytes) and the payload; for format 2 (barrier) the id alone. Formats are added, never changed.</summary>
internal static class EntryFrame
{
    public const int HeaderBytes = 1 + sizeof(long) + IdBytes;
    private const byte EntryFormat = 1;
    private const byte BarrierFormat = 2;
    private const int IdBytes = 16;
    private const int BarrierBytes = 1 + IdBytes;

    public static byte[] Write(long expectedVersion, Guid proposalId, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeaderBytes + payload.Length];
        frame[0] = EntryFormat;
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(1), expectedVersion);
        proposalId.TryWriteBytes(frame.AsSpan(1 + sizeof(long)));
        payload.CopyTo(frame.AsSpan(HeaderBytes));
        return frame;
    }

    public static byte[] WriteBarrier(Guid proposalId)
    {
        var frame = new byte[BarrierBytes];
        frame[0] = BarrierFormat;
        proposalId.TryWriteBytes(frame.AsSpan(1));
        return frame;
    }

    /// <summary>False for a format this release does not know or a frame cut short: the caller must stop, not skip.</summary>
    public static bool TryRead(in ReadOnlySequence<byte> frame, out EntryHeader header)
    {
        Span<byte> bytes = stackalloc byte[HeaderBytes];
        var length = (int)Math.Min(HeaderBytes, frame.Length);
        frame.Slice(0, length).CopyTo(bytes);
        header = default;
        if (length == 0)
        {
            return false;
        }

        switch (bytes[0])
        {
            case EntryFormat when length == HeaderBytes:
                header = new(false, BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]), new(bytes[(1 + sizeof(long))..]));
                return true;
            case BarrierFormat when frame.Length == BarrierBytes:
                header = new(true, 0, new(bytes[1..BarrierBytes]));
                return true;
            default:
                return false;
        }
    }
}

using System.Buffers.Binary;

namespace Drcm.Consensus.Membership;

/// <summary>A learner asks for what follows an index: after 8, snapshot index 8, offset 8.</summary>
/// <param name="After">Entries behind this one; <see cref="NothingYet"/>: only how things stand.</param>
/// <param name="SnapshotIndex">The snapshot of which a part is there already, 0 for none.</param>
/// <param name="Offset">Where its next part begins.</param>
internal readonly record struct FollowRequest(long After, long SnapshotIndex, long Offset)
{
    public const long NothingYet = long.MaxValue;
    private const int Bytes = 3 * sizeof(long);

    public byte[] ToBytes()
    {
        var bytes = new byte[Bytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, After);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), SnapshotIndex);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Offset);
        return bytes;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out FollowRequest request)
    {
        request = default;
        if (bytes.Length != Bytes)
        {
            return false;
        }

        request = new(
            BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]));
        return request is { After: >= 0, SnapshotIndex: >= 0, Offset: >= 0 };
    }
}

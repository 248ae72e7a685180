using System.Buffers.Binary;

namespace Drcm.Consensus.Membership;

/// <summary>The leader's request to a node to become a voter: floor 8, member list to be. Answered, with the index at which the node's log ends, 8, when it can take entries;
/// asked again while it catches up.</summary>
internal sealed record JoinRequest(long Floor, MemberList Members)
{
    public byte[] ToBytes()
    {
        var list = Members.ToBytes();
        var bytes = new byte[sizeof(long) + list.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Floor);
        list.CopyTo(bytes.AsSpan(sizeof(long)));
        return bytes;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out JoinRequest request)
    {
        request = null!;
        if (bytes.Length < sizeof(long) || !MemberList.TryRead(bytes[sizeof(long)..], out var list))
        {
            return false;
        }

        request = new(BinaryPrimitives.ReadInt64LittleEndian(bytes), list);
        return request.Floor >= 0;
    }

    public static byte[] WriteAnswer(long lastIndex)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, lastIndex);
        return bytes;
    }

    public static long ReadAnswer(ReadOnlySpan<byte> bytes) =>
        bytes.Length == sizeof(long) ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : throw new IOException("the answer to a join request is not whole");
}

using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Drcm.Consensus.Membership;

internal enum HelloState : byte
{
    /// <summary>An empty spool that waits for a beginning.</summary>
    Empty = 0,

    /// <summary>There is a cluster: a voter, or a learner that follows one.</summary>
    Cluster = 1,

    /// <summary>In a request: begin the new cluster now; a majority has an empty spool.</summary>
    Begin = 2,
}

/// <summary>What nodes tell each other before and beside the log; question and answer alike. Format 1, state 1, has met the asker 1, index of the list 8, digest length 1, digest
/// (UTF-8), list.</summary>
/// <param name="HasMet">The answering member has been in touch with the asker through the engine.</param>
/// <param name="ListIndex">Index in the log of the newest committed list; 0: that of the beginning.</param>
/// <param name="Digest">Of what a new cluster would begin with; equal on all that begin it.</param>
internal sealed record Hello(HelloState State, bool HasMet, long ListIndex, string Digest, MemberList List)
{
    private const byte Format = 1;
    private const int HeadBytes = 4 + sizeof(long);

    public byte[] ToBytes()
    {
        var digest = Encoding.UTF8.GetBytes(Digest);
        Span<byte> index = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(index, ListIndex);
        return [Format, (byte)State, (byte)(HasMet ? 1 : 0), .. index, checked((byte)digest.Length), .. digest, .. List.ToBytes()];
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Hello hello)
    {
        hello = null!;
        if (bytes.Length < HeadBytes || bytes[0] != Format || bytes[1] > (byte)HelloState.Begin || bytes[2] > 1 || bytes.Length < HeadBytes + bytes[HeadBytes - 1]
            || !Utf8.IsValid(bytes.Slice(HeadBytes, bytes[HeadBytes - 1])) || !MemberList.TryRead(bytes[(HeadBytes + bytes[HeadBytes - 1])..], out var list))
        {
            return false;
        }

        hello = new(
            (HelloState)bytes[1], bytes[2] == 1, BinaryPrimitives.ReadInt64LittleEndian(bytes[3..]),
            Encoding.UTF8.GetString(bytes.Slice(HeadBytes, bytes[HeadBytes - 1])), list);
        return true;
    }
}

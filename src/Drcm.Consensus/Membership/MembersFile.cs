using System.Buffers.Binary;
using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Membership;

/// <summary>What a member knows of the members before its log says anything: the file <c>members</c>, written once, before the rest of the store is made. Magic 8,
/// floor 8, length 4, CRC-32C of what stands around it 4, list.</summary>
/// <param name="Initial">The members of a new cluster; empty for a node that is to be added to a running one.</param>
/// <param name="Floor">Lists in the log up to this index are history to this member: an earlier life of its name may be in them.</param>
internal sealed record MembersFile(MemberList Initial, long Floor)
{
    public const string Name = "members";
    private const int HeadBytes = 24;
    private const int CrcAt = 20;
    private const string TemporarySuffix = ".new";
    private static ReadOnlySpan<byte> Magic => "DRCMMEMB"u8;

    /// <returns>Null when there is none.</returns>
    /// <exception cref="LogDamagedException">It is no such file any more.</exception>
    public static MembersFile? Read(IStoreFiles files, string directory)
    {
        var path = Path.Combine(directory, Name);
        if (!files.Exists(path))
        {
            return null;
        }

        using var file = files.Open(path);
        var bytes = new byte[file.Length];
        var read = file.Read(bytes, 0);
        return TryRead(bytes.AsSpan(0, read), out var members) ? members : throw new LogDamagedException($"{path}: is damaged; {Remedies.CopyFromOthers}");
    }

    /// <summary>Flushed when this returns.</summary>
    public void Write(IStoreFiles files, string directory)
    {
        var path = Path.Combine(directory, Name);
        using (var file = files.Open(path + TemporarySuffix))
        {
            file.SetLength(0);
            file.Write(ToBytes(), 0);
            file.Flush();
        }

        files.Rename(path + TemporarySuffix, path);
        files.FlushDirectory(directory);
    }

    public byte[] ToBytes()
    {
        var list = Initial.ToBytes();
        var bytes = new byte[HeadBytes + list.Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Floor);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), list.Length);
        list.CopyTo(bytes.AsSpan(HeadBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(CrcAt), CrcOf(bytes));
        return bytes;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out MembersFile members)
    {
        members = null!;
        if (bytes.Length < HeadBytes || !bytes[..8].SequenceEqual(Magic) || BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]) != bytes.Length - HeadBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcAt..]) != CrcOf(bytes) || !MemberList.TryRead(bytes[HeadBytes..], out var list))
        {
            return false;
        }

        members = new(list, BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]));
        return members.Floor >= 0;
    }

    private static uint CrcOf(ReadOnlySpan<byte> bytes) => Record.Crc(bytes[..CrcAt]) ^ Record.Crc(bytes[HeadBytes..]);
}

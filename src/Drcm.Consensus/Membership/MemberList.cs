using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Unicode;

namespace Drcm.Consensus.Membership;

/// <summary>The members of the log, by name. Stored form: format 1, count 1, then each member: length of its name 1, name (UTF-8), length of its
/// address 1 (4 or 16), address, port 2 (little endian).</summary>
internal sealed class MemberList
{
    private const byte Format = 1;

    /// <summary>More voters make every commit slower and nothing safer.</summary>
    public const int MembersMax = 63;
    public const int NameBytesMax = 255;

    public static readonly MemberList Empty = new([]);

    private MemberList(IReadOnlyList<LogMember> members) => Members = members;

    public IReadOnlyList<LogMember> Members { get; }

    public int Count => Members.Count;

    public static MemberList Of(IEnumerable<LogMember> members) => new([.. members.OrderBy(m => m.Name, StringComparer.Ordinal)]);

    public static MemberList Of(IReadOnlyDictionary<string, IPEndPoint> members) => Of(members.Select(m => new LogMember(m.Key, m.Value)));

    public LogMember? Find(string name) => Members.FirstOrDefault(m => m.Name == name);

    public LogMember? Find(EndPoint endPoint) => Members.FirstOrDefault(m => m.EndPoint.Equals(endPoint));

    public MemberList With(LogMember member) => Of([.. Members, member]);

    public MemberList Without(EndPoint endPoint) => Of(Members.Where(m => !m.EndPoint.Equals(endPoint)));

    public byte[] ToBytes()
    {
        List<byte> bytes = [Format, (byte)Count];
        Span<byte> port = stackalloc byte[sizeof(ushort)];
        foreach (var member in Members)
        {
            var (name, address) = (Encoding.UTF8.GetBytes(member.Name), member.EndPoint.Address.GetAddressBytes());
            BinaryPrimitives.WriteUInt16LittleEndian(port, (ushort)member.EndPoint.Port);
            bytes.AddRange([(byte)name.Length, .. name, (byte)address.Length, .. address, .. port]);
        }

        return [.. bytes];
    }

    /// <summary>False for bytes that are no such list: each name once, in order.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out MemberList list)
    {
        list = Empty;
        if (bytes.Length < 2 || bytes[0] != Format || bytes[1] > MembersMax)
        {
            return false;
        }

        List<LogMember> members = [];
        var count = bytes[1];
        bytes = bytes[2..];
        for (var i = 0; i < count; i++)
        {
            if (!TryTake(ref bytes, out var name) || name.IsEmpty || !TryTake(ref bytes, out var address) || address.Length is not (4 or 16) || bytes.Length < sizeof(ushort))
            {
                return false;
            }

            if (!Utf8.IsValid(name) || (members.Count > 0 && string.CompareOrdinal(members[^1].Name, Encoding.UTF8.GetString(name)) >= 0))
            {
                return false;
            }

            members.Add(new(Encoding.UTF8.GetString(name), new(new IPAddress(address), BinaryPrimitives.ReadUInt16LittleEndian(bytes))));
            bytes = bytes[sizeof(ushort)..];
        }

        list = new(members);
        return bytes.IsEmpty;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (bytes.IsEmpty || bytes.Length < 1 + bytes[0])
        {
            return false;
        }

        taken = bytes.Slice(1, bytes[0]);
        bytes = bytes[(1 + taken.Length)..];
        return true;
    }
}

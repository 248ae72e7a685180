using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Drcm.Node.Announcements;

/// <summary>Ethernet frames that tell neighbours where an address is now.</summary>
internal static partial class AnnouncementFrames
{
    internal const int MacBytes = 6;

    private const int EthernetBytes = 14;
    private const ushort TypeArp = 0x0806;
    private const ushort TypeIpV6 = 0x86dd;
    private const int ArpBytes = 28;
    private const int IpV6Bytes = 40;
    private const int AdvertisementBytes = 32;
    private const byte NextHeaderIcmp = 58;

    /// <summary>RFC 4861, 7.1.2: a neighbour takes it only if no router has touched it.</summary>
    private const byte HopLimit = 255;

    private const byte NeighborAdvertisement = 136;

    /// <summary>Override: replace what is cached. Not solicited, not a router.</summary>
    private const byte OverrideFlag = 0x20;

    private static readonly byte[] Broadcast = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    private static readonly byte[] AllNodesMac = [0x33, 0x33, 0, 0, 0, 1];
    private static readonly byte[] AllNodes = IPAddress.Parse("ff02::1").GetAddressBytes();

    /// <summary>What to send for <paramref name="address"/>: for IPv4 the announcement of RFC 5227 and the same as a reply, because
    /// some switches and hosts heed only one of them; for IPv6 an unsolicited advertisement.</summary>
    internal static byte[][] For(IPAddress address, ReadOnlySpan<byte> mac) =>
        address.AddressFamily == AddressFamily.InterNetworkV6
            ? [Advertisement(address, mac)]
            : [Arp(address, mac, operation: 1), Arp(address, mac, operation: 2)];

    private static byte[] Arp(IPAddress address, ReadOnlySpan<byte> mac, ushort operation)
    {
        var frame = new byte[EthernetBytes + ArpBytes];
        Ethernet(frame, Broadcast, mac, TypeArp);
        var arp = frame.AsSpan(EthernetBytes);
        BinaryPrimitives.WriteUInt16BigEndian(arp, 1);
        BinaryPrimitives.WriteUInt16BigEndian(arp[2..], 0x0800);
        arp[4] = MacBytes;
        arp[5] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(arp[6..], operation);
        mac.CopyTo(arp[8..]);
        address.TryWriteBytes(arp[14..], out _);
        if (operation == 2) Broadcast.CopyTo(arp[18..]);
        address.TryWriteBytes(arp[24..], out _);
        return frame;
    }

    private static byte[] Advertisement(IPAddress address, ReadOnlySpan<byte> mac)
    {
        var frame = new byte[EthernetBytes + IpV6Bytes + AdvertisementBytes];
        Ethernet(frame, AllNodesMac, mac, TypeIpV6);
        var header = frame.AsSpan(EthernetBytes, IpV6Bytes);
        header[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], AdvertisementBytes);
        header[6] = NextHeaderIcmp;
        header[7] = HopLimit;
        address.TryWriteBytes(header[8..], out _);
        AllNodes.CopyTo(header[24..]);
        var body = frame.AsSpan(EthernetBytes + IpV6Bytes);
        body[0] = NeighborAdvertisement;
        body[4] = OverrideFlag;
        address.TryWriteBytes(body[8..], out _);
        body[24] = 2;
        body[25] = 1;
        mac.CopyTo(body[26..]);
        BinaryPrimitives.WriteUInt16BigEndian(body[2..], Checksum(header[8..], body));
        return frame;
    }

    private static void Ethernet(Span<byte> frame, ReadOnlySpan<byte> to, ReadOnlySpan<byte> from, ushort type)
    {
        to.CopyTo(frame);
        from.CopyTo(frame[MacBytes..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[(2 * MacBytes)..], type);
    }

    /// <summary>Over the pseudo header of RFC 8200, 8.1, and the body.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> addresses, ReadOnlySpan<byte> body)
    {
        var sum = Sum(addresses) + Sum(body) + (uint)body.Length + NextHeaderIcmp;
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (; !bytes.IsEmpty; bytes = bytes[2..]) sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return sum;
    }
}

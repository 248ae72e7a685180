using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Drcm.Node.Announcements;

/// <content>Is an address in use, and who says so.</content>
internal static partial class AnnouncementFrames
{
    private const byte NeighborSolicitation = 135;
    private const int SolicitationBytes = 24;
    private const int TargetAt = EthernetBytes + IpV6Bytes + 8;

    /// <summary>An ARP probe, or a solicitation from the unspecified address: neither changes what anybody has cached.</summary>
    internal static byte[] Question(IPAddress address, ReadOnlySpan<byte> mac)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6) return Solicitation(address, mac);
        var frame = Arp(address, mac, operation: 1);
        // RFC 5227, 2.1.1: the sender's address is all zero.
        frame.AsSpan(EthernetBytes + 14, 4).Clear();
        return frame;
    }

    /// <summary>Hardware address of the sender, if the frame says that the sender has the address; else empty.</summary>
    internal static ReadOnlySpan<byte> AnswerFor(IPAddress address, ReadOnlySpan<byte> frame)
    {
        return address.Equals(Claimed(frame, out var mac)) ? mac : default;
    }

    /// <summary>The address that the sender of the frame says it has: the sender of an ARP packet, the target of an advertisement. Null: none.</summary>
    internal static IPAddress? Claimed(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> mac)
    {
        mac = default;
        if (frame.Length < EthernetBytes + ArpBytes) return null;
        var type = BinaryPrimitives.ReadUInt16BigEndian(frame[(2 * MacBytes)..]);
        if (type == TypeArp)
        {
            mac = frame.Slice(EthernetBytes + 8, MacBytes);
            return new IPAddress(frame.Slice(EthernetBytes + 14, 4));
        }
        if (type != TypeIpV6 || frame.Length < TargetAt + 16 || frame[EthernetBytes + 6] != NextHeaderIcmp
            || frame[EthernetBytes + IpV6Bytes] != NeighborAdvertisement) return null;
        mac = frame.Slice(MacBytes, MacBytes);
        return new IPAddress(frame.Slice(TargetAt, 16));
    }

    /// <summary>RFC 4862, 5.4.2: to the solicited-node group of the target.</summary>
    private static byte[] Solicitation(IPAddress address, ReadOnlySpan<byte> mac)
    {
        var target = address.GetAddressBytes();
        byte[] group = [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, .. target[13..]];
        byte[] groupMac = [0x33, 0x33, .. group[12..]];
        var frame = new byte[EthernetBytes + IpV6Bytes + SolicitationBytes];
        Ethernet(frame, groupMac, mac, TypeIpV6);
        var header = frame.AsSpan(EthernetBytes, IpV6Bytes);
        header[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], SolicitationBytes);
        header[6] = NextHeaderIcmp;
        header[7] = HopLimit;
        group.CopyTo(header[24..]);
        var body = frame.AsSpan(EthernetBytes + IpV6Bytes);
        body[0] = NeighborSolicitation;
        target.CopyTo(body[8..]);
        BinaryPrimitives.WriteUInt16BigEndian(body[2..], Checksum(header[8..], body));
        return frame;
    }
}

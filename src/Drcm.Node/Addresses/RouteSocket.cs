using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Drcm.Node.Addresses;

/// <summary>Puts addresses on interfaces and takes them away (rtnetlink(7), RTM_NEWADDR and RTM_DELADDR), in the network namespace of the thread that opens
/// it: about 20 µs each, no process. Not thread-safe. <see cref="Remove(uint, ReadOnlySpan{byte}, int)"/> allocates nothing.</summary>
internal sealed class RouteSocket : IDisposable
{
    private const ushort NewLink = 16;
    private const ushort GetLink = 18;
    private const ushort NewAddress = 20;
    private const ushort DeleteAddress = 21;
    private const int AddressHeaderBytes = 8;
    private const int LinkHeaderBytes = 16;
    private const int IpV6Bytes = 16;

    private const ushort AttributeAddress = 1;
    private const ushort AttributeLocal = 2;
    private const ushort AttributeLabel = 3;
    private const ushort AttributeBroadcast = 4;
    private const ushort AttributeCacheInfo = 6;
    private const ushort AttributeFlags = 8;
    private const ushort LinkAttributeAddress = 1;

    /// <summary>No duplicate address detection: whoever puts a floating address somewhere has asked the neighbours itself.</summary>
    private const uint NoDetection = 0x02;

    private const uint NoPrefixRoute = 0x200;
    private const uint LinkUp = 0x1;
    private const uint LinkLoopback = 0x8;
    private const uint LinkRunning = 0x40;

    private readonly NetlinkSocket _socket = NetlinkSocket.Open();

    /// <summary>Puts it there unless it is there already: EEXIST then.</summary>
    /// <param name="address">What, and on which interface.</param>
    /// <param name="lifetime">Whole seconds, rounded up, after which the kernel takes it away unless it is refreshed: 0.01 to 1 s later than asked for. Null: for ever.</param>
    /// <exception cref="IOException">The kernel did not answer.</exception>
    internal RouteResult Add(PlacedAddress address, TimeSpan? lifetime) =>
        Put(address, lifetime, NetlinkRequest.Create | NetlinkRequest.Exclusive);

    /// <summary>Counts its lifetime anew. The kernel *creates* an IPv4 address that a replace does not find, so the caller looks first, and nobody else in
    /// this process may take it away between the look and this call.</summary>
    /// <exception cref="IOException">The kernel did not answer.</exception>
    internal RouteResult Refresh(PlacedAddress address, TimeSpan? lifetime) => Put(address, lifetime, NetlinkRequest.Replace);

    /// <summary>Takes it away; EADDRNOTAVAIL: it was not there.</summary>
    /// <param name="address">4 or 16 bytes.</param>
    /// <param name="prefixLength">As it was added; for IPv4 it does not matter.</param>
    /// <exception cref="IOException">The kernel did not answer.</exception>
    internal RouteResult Remove(uint link, ReadOnlySpan<byte> address, int prefixLength)
    {
        Span<byte> buffer = stackalloc byte[NetlinkRequest.BytesMax];
        Span<byte> header = stackalloc byte[AddressHeaderBytes];
        var request = new NetlinkRequest(
            buffer, DeleteAddress, NetlinkRequest.Request | NetlinkRequest.Acknowledge, Header(header, link, address.Length, prefixLength, 0));
        request.Attribute(AttributeLocal, address);
        return new RouteResult(_socket.Ask(request.Finish()));
    }

    /// <exception cref="IOException">The kernel did not answer.</exception>
    internal RouteResult Remove(PlacedAddress address)
    {
        Span<byte> bytes = stackalloc byte[IpV6Bytes];
        address.Address.TryWriteBytes(bytes, out var count);
        return Remove(address.Link, bytes[..count], address.PrefixLength);
    }

    /// <summary>Null: there is no interface of that name.</summary>
    /// <exception cref="IOException">The kernel did not answer.</exception>
    internal LinkState? Link(string name)
    {
        var index = NetlinkAddresses.IndexOf(name);
        if (index == 0) return null;
        Span<byte> buffer = stackalloc byte[NetlinkRequest.BytesMax];
        Span<byte> header = stackalloc byte[LinkHeaderBytes];
        header.Clear();
        BitConverter.TryWriteBytes(header[4..], index);
        _socket.Send(new NetlinkRequest(buffer, GetLink, NetlinkRequest.Request, header).Finish());
        var rest = _socket.Receive();
        // Gone in this moment: an error in place of the answer.
        if (!NetlinkSocket.Next(ref rest, out var message) || message.Type != NewLink) return null;
        var flags = BitConverter.ToUInt32(message.Body[8..]);
        byte[] mac = [];
        for (var attributes = new NetlinkAttributes(message.Body[LinkHeaderBytes..]); attributes.Next();)
        {
            if (attributes.Type == LinkAttributeAddress) mac = attributes.Value.ToArray();
        }
        return new LinkState(name, index, (flags & LinkUp) != 0, (flags & LinkRunning) != 0, (flags & LinkLoopback) != 0, mac);
    }

    public void Dispose() => _socket.Dispose();

    private RouteResult Put(PlacedAddress address, TimeSpan? lifetime, int flags)
    {
        Span<byte> bytes = stackalloc byte[IpV6Bytes];
        address.Address.TryWriteBytes(bytes, out var count);
        bytes = bytes[..count];
        Span<byte> buffer = stackalloc byte[NetlinkRequest.BytesMax];
        Span<byte> header = stackalloc byte[AddressHeaderBytes];
        var isIpV4 = address.Address.AddressFamily == AddressFamily.InterNetwork;
        var addressFlags = (isIpV4 ? 0 : NoDetection) | (address.HasPrefixRoute ? 0 : NoPrefixRoute);
        var request = new NetlinkRequest(
            buffer, NewAddress, (ushort)(NetlinkRequest.Request | NetlinkRequest.Acknowledge | flags),
            Header(header, address.Link, count, address.PrefixLength, (byte)addressFlags));
        request.Attribute(AttributeLocal, bytes);
        request.Attribute(AttributeAddress, bytes);
        Span<byte> small = stackalloc byte[16];
        BitConverter.TryWriteBytes(small, addressFlags);
        request.Attribute(AttributeFlags, small[..4]);
        if (isIpV4)
        {
            if (Broadcast(bytes, address.PrefixLength, small)) request.Attribute(AttributeBroadcast, small[..4]);
            if (address.Label.Length > 0) request.Attribute(AttributeLabel, small[..ZeroEnded(address.Label, small)]);
        }
        small.Clear();
        var seconds = lifetime is { } time ? (uint)Math.Max(1, Math.Ceiling(time.TotalSeconds)) : uint.MaxValue;
        BitConverter.TryWriteBytes(small, seconds);
        BitConverter.TryWriteBytes(small[4..], seconds);
        request.Attribute(AttributeCacheInfo, small);
        return new RouteResult(_socket.Ask(request.Finish()));
    }

    private static ReadOnlySpan<byte> Header(Span<byte> header, uint link, int addressBytes, int prefixLength, byte flags)
    {
        header[0] = (byte)(addressBytes == IpV6Bytes ? 10 : 2);
        header[1] = (byte)prefixLength;
        header[2] = flags;
        header[3] = 0;
        BitConverter.TryWriteBytes(header[4..], link);
        return header;
    }

    /// <summary>False: a network of one or two addresses has none.</summary>
    private static bool Broadcast(ReadOnlySpan<byte> address, int prefixLength, Span<byte> broadcast)
    {
        if (prefixLength is <= 0 or > 30) return false;
        for (var i = 0; i < 4; i++)
            broadcast[i] = (byte)(address[i] | (0xff >> Math.Clamp(prefixLength - (8 * i), 0, 8)));
        return true;
    }

    private static int ZeroEnded(string text, Span<byte> bytes)
    {
        bytes.Clear();
        return Encoding.ASCII.GetBytes(text.AsSpan(0, Math.Min(text.Length, PlacedAddress.LabelCharsMax)), bytes) + 1;
    }
}

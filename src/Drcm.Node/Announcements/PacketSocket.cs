using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Drcm.Node.Addresses;

namespace Drcm.Node.Announcements;

/// <summary>What a <see cref="PacketSocket"/> hears: an Ethernet type.</summary>
internal enum PacketProtocol : ushort
{
    None = 0,
    Arp = 0x0806,
    IpV6 = 0x86dd,
}

/// <summary>Sends and hears whole Ethernet frames on one interface, before and behind every filter of the kernel. Needs CAP_NET_RAW.</summary>
internal sealed unsafe partial class PacketSocket : IDisposable
{
    private const int FamilyPacket = 17;
    private const int RawCloseOnExec = 3 | 0x80000;
    private const ulong GetHardwareAddress = 0x8927;
    internal const int FrameBytesMax = 1514;

    private const int RequestBytes = 40;
    private const int NameBytes = 16;
    private const ushort EthernetHardware = 1;
    private const short PollIn = 1;

    private readonly int _socket;
    private readonly int _index;

    private PacketSocket(int socket, int index, byte[] mac) => (_socket, _index, Mac) = (socket, index, mac);

    /// <summary>Hardware address of the interface.</summary>
    internal byte[] Mac { get; }

    /// <exception cref="IOException">No such interface, not an Ethernet one, or not allowed.</exception>
    internal static PacketSocket Open(string device, PacketProtocol protocol = PacketProtocol.None)
    {
        var index = (int)NetlinkAddresses.IndexOf(device);
        if (index == 0) throw new IOException($"there is no interface {device}");
        // Without a protocol it hears nothing.
        var socket = Socket(FamilyPacket, RawCloseOnExec, 0);
        if (socket == -1) throw Failure("packet socket");
        try
        {
            var opened = new PacketSocket(socket, index, HardwareAddress(socket, device));
            var local = new LinkAddress { Family = FamilyPacket, Index = index, Protocol = BinaryPrimitives.ReverseEndianness((ushort)protocol) };
            if (protocol != PacketProtocol.None && Bind(socket, &local, sizeof(LinkAddress)) == -1) throw Failure("packet socket");
            socket = -1;
            return opened;
        }
        finally
        {
            if (socket != -1) _ = Close(socket);
        }
    }

    /// <exception cref="IOException">The interface is down or gone.</exception>
    internal void Send(ReadOnlySpan<byte> frame)
    {
        var to = new LinkAddress { Family = FamilyPacket, Index = _index, AddressBytes = AnnouncementFrames.MacBytes };
        frame[..AnnouncementFrames.MacBytes].CopyTo(new Span<byte>(to.Address, AnnouncementFrames.MacBytes));
        fixed (byte* bytes = frame)
        {
            if (SendTo(_socket, bytes, (nuint)frame.Length, 0, &to, sizeof(LinkAddress)) == -1) throw Failure("send");
        }
    }

    /// <summary>Waits so long for the next frame; 0: none came.</summary>
    /// <exception cref="IOException">The interface is down or gone.</exception>
    internal int Receive(Span<byte> frame, TimeSpan time)
    {
        var poll = new PollRequest { Descriptor = _socket, Events = PollIn };
        if (Poll(&poll, 1, (int)Math.Ceiling(time.TotalMilliseconds)) <= 0) return 0;
        fixed (byte* bytes = frame)
        {
            var count = (int)Receive(_socket, bytes, (nuint)frame.Length, 0);
            return count >= 0 ? count : throw Failure("receive");
        }
    }

    public void Dispose() => _ = Close(_socket);

    private static byte[] HardwareAddress(int socket, string device)
    {
        Span<byte> request = stackalloc byte[RequestBytes];
        request.Clear();
        if (Encoding.UTF8.GetByteCount(device) >= NameBytes) throw new IOException($"{device} is too long for an interface");
        Encoding.UTF8.GetBytes(device, request);
        fixed (byte* bytes = request)
        {
            if (Control(socket, GetHardwareAddress, bytes) == -1) throw Failure($"hardware address of {device}");
        }
        if (BitConverter.ToUInt16(request[NameBytes..]) != EthernetHardware) throw new IOException($"{device} is no Ethernet interface");
        return request.Slice(NameBytes + 2, AnnouncementFrames.MacBytes).ToArray();
    }

    private static IOException Failure(string what) =>
        new($"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int descriptor, ulong request, byte* argument);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(int socket, byte* bytes, nuint count, int flags, LinkAddress* to, int toBytes);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int socket, LinkAddress* address, int addressBytes);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int socket, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(PollRequest* requests, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    /// <summary>pollfd of poll(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }

    /// <summary>sockaddr_ll of packet(7).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LinkAddress
    {
        internal ushort Family;
        internal ushort Protocol;
        internal int Index;
        internal ushort Hardware;
        internal byte PacketType;
        internal byte AddressBytes;
        internal fixed byte Address[8];
    }
}

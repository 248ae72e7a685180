using System.Runtime.InteropServices;
using System.Text;
using Drcm.Node.Addresses;

namespace Drcm.Node.Announcements;

/// <summary>Sends whole Ethernet frames on one interface. Needs CAP_NET_RAW.</summary>
internal sealed unsafe partial class PacketSocket : IDisposable
{
    private const int FamilyPacket = 17;
    private const int RawCloseOnExec = 3 | 0x80000;
    private const ulong GetHardwareAddress = 0x8927;
    private const int RequestBytes = 40;
    private const int NameBytes = 16;
    private const ushort EthernetHardware = 1;

    private readonly int _socket;
    private readonly int _index;

    private PacketSocket(int socket, int index, byte[] mac) => (_socket, _index, Mac) = (socket, index, mac);

    /// <summary>Hardware address of the interface.</summary>
    internal byte[] Mac { get; }

    /// <exception cref="IOException">No such interface, not an Ethernet one, or not allowed.</exception>
    internal static PacketSocket Open(string device)
    {
        var index = (int)NetlinkAddresses.IndexOf(device);
        if (index == 0) throw new IOException($"there is no interface {device}");
        // Protocol 0: this socket receives nothing.
        var socket = Socket(FamilyPacket, RawCloseOnExec, 0);
        if (socket == -1) throw Failure("packet socket");
        try
        {
            var opened = new PacketSocket(socket, index, HardwareAddress(socket, device));
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

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

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

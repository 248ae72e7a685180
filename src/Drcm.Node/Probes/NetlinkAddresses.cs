using System.Net;
using System.Runtime.InteropServices;

namespace Drcm.Node.Probes;

/// <summary>One address on one interface of this host.</summary>
internal readonly record struct InterfaceAddress(string Interface, IPAddress Address, bool IsDuplicate);

/// <summary>All addresses of this network namespace in one question to the kernel (RTM_GETADDR): well below a millisecond,
/// no process, no /sys, which may show another namespace.</summary>
internal static unsafe partial class NetlinkAddresses
{
    private const int FamilyNetlink = 16;
    private const int RawCloseOnExec = 3 | 0x80000;
    private const int HeaderBytes = 16;
    private const int AddressHeaderBytes = 8;
    private const ushort GetAddress = 22;
    private const ushort NewAddress = 20;
    private const ushort Done = 3;
    private const ushort Error = 2;
    private const ushort RequestDump = 0x301;
    private const ushort AttributeAddress = 1;
    private const ushort AttributeLocal = 2;
    private const byte DuplicateFlag = 0x08;
    private const int NameBytes = 16;

    /// <summary>The kernel sends at most 32 KiB in one piece.</summary>
    private const int BufferBytes = 64 * 1024;

    /// <exception cref="IOException">The kernel did not answer.</exception>
    internal static List<InterfaceAddress> List()
    {
        var socket = Socket(FamilyNetlink, RawCloseOnExec, 0);
        if (socket == -1) throw Failure("netlink socket");
        try
        {
            Ask(socket);
            var found = new List<InterfaceAddress>();
            var names = new Dictionary<uint, string>();
            var buffer = new byte[BufferBytes];
            while (Receive(socket, buffer, found, names)) { }
            return found;
        }
        finally
        {
            _ = Close(socket);
        }
    }

    /// <summary>Index of an interface of this namespace; 0 if there is none of that name.</summary>
    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint IndexOf(string name);

    private static void Ask(int socket)
    {
        Span<byte> request = stackalloc byte[HeaderBytes + AddressHeaderBytes];
        request.Clear();
        BitConverter.TryWriteBytes(request, request.Length);
        BitConverter.TryWriteBytes(request[4..], GetAddress);
        BitConverter.TryWriteBytes(request[6..], RequestDump);
        fixed (byte* bytes = request)
        {
            if (Send(socket, bytes, (nuint)request.Length, 0) != request.Length) throw Failure("netlink request");
        }
    }

    /// <summary>False after the last piece.</summary>
    private static bool Receive(int socket, byte[] buffer, List<InterfaceAddress> found, Dictionary<uint, string> names)
    {
        int count;
        fixed (byte* bytes = buffer) count = (int)Receive(socket, bytes, (nuint)buffer.Length, 0);
        if (count <= 0) throw Failure("netlink answer");
        for (var rest = buffer.AsSpan(0, count); rest.Length >= HeaderBytes;)
        {
            var length = (int)BitConverter.ToUInt32(rest);
            var type = BitConverter.ToUInt16(rest[4..]);
            if (type is Done or Error || length < HeaderBytes || length > rest.Length) return false;
            if (type == NewAddress) Read(rest[HeaderBytes..length], found, names);
            rest = rest[Math.Min(Align(length), rest.Length)..];
        }
        return true;
    }

    private static void Read(ReadOnlySpan<byte> message, List<InterfaceAddress> found, Dictionary<uint, string> names)
    {
        var flags = message[2];
        var index = BitConverter.ToUInt32(message[4..]);
        IPAddress? address = null;
        var isLocalSeen = false;
        for (var rest = message[AddressHeaderBytes..]; rest.Length >= 4;)
        {
            int length = BitConverter.ToUInt16(rest);
            var type = BitConverter.ToUInt16(rest[2..]);
            if (length < 4 || length > rest.Length) break;
            // On a point-to-point link ADDRESS is the peer; LOCAL, where present, is ours.
            if (type == AttributeLocal || (type == AttributeAddress && !isLocalSeen)) address = new IPAddress(rest[4..length]);
            isLocalSeen |= type == AttributeLocal;
            rest = rest[Math.Min(Align(length), rest.Length)..];
        }
        if (address is null) return;
        if (!names.TryGetValue(index, out var name)) names[index] = name = NameOf(index);
        found.Add(new InterfaceAddress(name, address, (flags & DuplicateFlag) != 0));
    }

    private static string NameOf(uint index)
    {
        var name = stackalloc byte[NameBytes];
        return NameOf(index, name) == 0 ? $"interface {index}" : Marshal.PtrToStringUTF8((nint)name)!;
    }

    private static int Align(int length) => (length + 3) & ~3;

    private static IOException Failure(string what) =>
        new($"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "if_indextoname")]
    private static partial nint NameOf(uint index, byte* name);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int socket, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int socket, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}

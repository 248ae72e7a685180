using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Drcm.Node.Addresses;

/// <summary>One address on one interface of this host.</summary>
/// <param name="IsDuplicate">Another host answered for it: the kernel does not use it (IPv6).</param>
internal readonly record struct InterfaceAddress(string Interface, IPAddress Address, bool IsDuplicate)
{
    public uint Link { get; init; }

    public int PrefixLength { get; init; }

    /// <summary>It has a lifetime: whoever put it there refreshes it, or it goes.</summary>
    public bool Expires { get; init; }

    public PlacedAddress Placed => new(Link, Address, PrefixLength);
}

/// <summary>All addresses of this network namespace in one question to the kernel (RTM_GETADDR): well below a millisecond,
/// no process, no /sys, which may show another namespace.</summary>
internal static unsafe partial class NetlinkAddresses
{
    internal const ushort NewAddress = 20;
    internal const ushort DeletedAddress = 21;

    private const int AddressHeaderBytes = 8;
    private const ushort GetAddress = 22;
    private const ushort AttributeAddress = 1;
    private const ushort AttributeLocal = 2;
    private const byte DuplicateFlag = 0x08;
    private const byte PermanentFlag = 0x80;
    private const int NameBytes = 16;

    /// <exception cref="IOException">The kernel did not answer.</exception>
    internal static List<InterfaceAddress> List()
    {
        using var socket = NetlinkSocket.Open();
        Span<byte> buffer = stackalloc byte[NetlinkRequest.BytesMax];
        Span<byte> header = stackalloc byte[AddressHeaderBytes];
        header.Clear();
        socket.Send(new NetlinkRequest(buffer, GetAddress, NetlinkRequest.Request | NetlinkRequest.Dump, header).Finish());
        var found = new List<InterfaceAddress>();
        var names = new Dictionary<uint, string>();
        while (true)
        {
            var rest = socket.Receive();
            while (NetlinkSocket.Next(ref rest, out var message))
            {
                if (NetlinkSocket.IsEnd(message)) return found;
                if (message.Type == NewAddress && Read(message.Body, names) is { } address) found.Add(address);
            }
        }
    }

    /// <summary>Index of an interface of this namespace; 0 if there is none of that name.</summary>
    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint IndexOf(string name);

    /// <summary>The address of a message; null if it has none.</summary>
    /// <param name="names">Names of interfaces already asked for.</param>
    internal static InterfaceAddress? Read(ReadOnlySpan<byte> message, Dictionary<uint, string> names)
    {
        if (message.Length < AddressHeaderBytes) return null;
        var flags = message[2];
        var index = BitConverter.ToUInt32(message[4..]);
        IPAddress? address = null;
        var isLocalSeen = false;
        for (var attributes = new NetlinkAttributes(message[AddressHeaderBytes..]); attributes.Next();)
        {
            // On a point-to-point link ADDRESS is the peer; LOCAL, where present, is ours.
            if (attributes.Type == AttributeLocal || (attributes.Type == AttributeAddress && !isLocalSeen)) address = new IPAddress(attributes.Value);
            isLocalSeen |= attributes.Type == AttributeLocal;
        }
        if (address is null) return null;
        if (!names.TryGetValue(index, out var name)) names[index] = name = NameOf(index);
        return new InterfaceAddress(name, address, (flags & DuplicateFlag) != 0)
        {
            Link = index, PrefixLength = message[1], Expires = (flags & PermanentFlag) == 0,
        };
    }

    private static string NameOf(uint index)
    {
        Span<byte> name = stackalloc byte[NameBytes];
        fixed (byte* bytes = name)
        {
            return NameOf(index, bytes) == 0 ? $"interface {index}" : Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
        }
    }

    [LibraryImport("libc", EntryPoint = "if_indextoname")]
    private static partial nint NameOf(uint index, byte* name);
}

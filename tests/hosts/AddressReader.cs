using System.Net;
using System.Runtime.InteropServices;

namespace Drcm.TestHosts;

/// <summary>Reads the addresses of one network namespace from the kernel. Written apart from the product's own reader, so
/// that one does not share the other's mistakes.</summary>
public sealed unsafe partial class AddressReader : IDisposable
{
    private const int Netlink = 16;
    private const int RawCloseOnExec = 0x80003;
    private const int HeaderBytes = 16;
    private const int MessageBytes = 8;
    private const int LocalAttribute = 2;
    private const int AddressAttribute = 1;

    private readonly int _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];

    public AddressReader(TestHost host)
    {
        _socket = Namespaces.Within(host.Netns, () => Socket(Netlink, RawCloseOnExec, 0));
        if (_socket == -1) throw new IOException("netlink socket: " + Marshal.GetLastPInvokeErrorMessage());
    }

    /// <summary>Whether each of <paramref name="wanted"/> is on any interface.</summary>
    public bool[] Look(IReadOnlyList<IPAddress> wanted)
    {
        var found = new bool[wanted.Count];
        var request = stackalloc byte[HeaderBytes + MessageBytes];
        new Span<byte>(request, HeaderBytes + MessageBytes).Clear();
        *(uint*)request = HeaderBytes + MessageBytes;
        *(ushort*)(request + 4) = 22; // RTM_GETADDR
        *(ushort*)(request + 6) = 0x301; // NLM_F_REQUEST | NLM_F_DUMP
        if (Send(_socket, request, HeaderBytes + MessageBytes, 0) < 0) throw new IOException("netlink: " + Marshal.GetLastPInvokeErrorMessage());
        while (ReadPart(wanted, found)) { }
        return found;
    }

    public void Dispose() => _ = Close(_socket);

    private bool ReadPart(IReadOnlyList<IPAddress> wanted, bool[] found)
    {
        int count;
        fixed (byte* bytes = _buffer) count = (int)Receive(_socket, bytes, (nuint)_buffer.Length, 0);
        if (count < 0) throw new IOException("netlink: " + Marshal.GetLastPInvokeErrorMessage());
        for (var at = 0; at + HeaderBytes <= count;)
        {
            var length = BitConverter.ToInt32(_buffer, at);
            if (BitConverter.ToUInt16(_buffer, at + 4) != 20) return false; // not RTM_NEWADDR: done
            ReadMessage(_buffer.AsSpan(at + HeaderBytes, length - HeaderBytes), wanted, found);
            at += (length + 3) & ~3;
        }
        return true;
    }

    private static void ReadMessage(ReadOnlySpan<byte> message, IReadOnlyList<IPAddress> wanted, bool[] found)
    {
        for (var at = MessageBytes; at + 4 <= message.Length;)
        {
            var length = BitConverter.ToUInt16(message[at..]);
            if (length < 4) return;
            if (BitConverter.ToUInt16(message[(at + 2)..]) is LocalAttribute or AddressAttribute)
            {
                var address = new IPAddress(message[(at + 4)..(at + length)]);
                for (var i = 0; i < wanted.Count; i++) found[i] |= wanted[i].Equals(address);
            }
            at += (length + 3) & ~3;
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int socket, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int socket, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}

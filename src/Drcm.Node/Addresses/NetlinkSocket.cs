using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Drcm.Node.Addresses;

/// <summary>A conversation with the kernel over NETLINK_ROUTE (rtnetlink(7)), in the network namespace of the thread that opens it. Not thread-safe.
/// Once open it allocates nothing.</summary>
internal sealed unsafe partial class NetlinkSocket : IDisposable
{
    internal const int HeaderBytes = 16;

    private const int FamilyNetlink = 16;
    private const int RawCloseOnExec = 3 | 0x80000;
    private const int TruncateFlag = 0x20;
    private const int Interrupted = 4;
    private const short PollIn = 1;
    private const ushort Done = 3;
    private const ushort Error = 2;

    /// <summary>The kernel sends at most 32 KiB in one piece.</summary>
    private const int BufferBytes = 64 * 1024;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly int _socket;
    private bool _isDisposed;

    private NetlinkSocket(int socket) => _socket = socket;

    /// <param name="groups">Multicast groups to hear of, as a mask; 0: only answers.</param>
    /// <exception cref="IOException">The kernel refuses.</exception>
    internal static NetlinkSocket Open(uint groups = 0)
    {
        var socket = Socket(FamilyNetlink, RawCloseOnExec, 0);
        if (socket == -1) throw Failure("netlink socket");
        var opened = new NetlinkSocket(socket);
        var local = new NetlinkAddress { Family = FamilyNetlink, Groups = groups };
        if (Bind(socket, &local, sizeof(NetlinkAddress)) == 0) return opened;
        var failure = Failure("netlink groups");
        opened.Dispose();
        throw failure;
    }

    /// <exception cref="IOException">The kernel does not take it.</exception>
    internal void Send(ReadOnlySpan<byte> request)
    {
        fixed (byte* bytes = request)
        {
            if (Send(_socket, bytes, (nuint)request.Length, 0) != request.Length) throw Failure("netlink request");
        }
    }

    /// <summary>Waits for the next piece: one or more messages.</summary>
    /// <exception cref="IOException">No answer, or, on a socket with groups, some were lost: look at everything again.</exception>
    internal ReadOnlySpan<byte> Receive()
    {
        while (true)
        {
            nint count;
            fixed (byte* bytes = _buffer) count = Receive(_socket, bytes, BufferBytes, TruncateFlag);
            if (count == -1 && Marshal.GetLastPInvokeError() == Interrupted) continue;
            if (count is <= 0 or > BufferBytes) throw Failure("netlink answer");
            return _buffer.AsSpan(0, (int)count);
        }
    }

    /// <summary>Takes the first message of a piece off; false at its end.</summary>
    internal static bool Next(ref ReadOnlySpan<byte> rest, out NetlinkMessage message)
    {
        message = default;
        if (rest.Length < HeaderBytes) return false;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        if (length < HeaderBytes || length > rest.Length) return false;
        message = new NetlinkMessage(BitConverter.ToUInt16(rest[4..]), rest[HeaderBytes..(int)length]);
        rest = rest[Math.Min(Align((int)length), rest.Length)..];
        return true;
    }

    /// <summary>Sends a request that asks for an acknowledgement.</summary>
    /// <returns>0, or the errno of the kernel's refusal.</returns>
    /// <exception cref="IOException">The kernel did not answer.</exception>
    internal int Ask(ReadOnlySpan<byte> request)
    {
        Send(request);
        while (true)
        {
            var rest = Receive();
            while (Next(ref rest, out var message))
            {
                if (message.Type == Error) return -BitConverter.ToInt32(message.Body);
            }
        }
    }

    /// <summary>True for what ends an answer of several messages.</summary>
    internal static bool IsEnd(NetlinkMessage message) => message.Type is Done or Error;

    internal static int Align(int length) => (length + 3) & ~3;

    /// <summary>True when something can be received; false when nothing came within <paramref name="time"/>.</summary>
    internal bool Wait(TimeSpan time)
    {
        var poll = new PollRequest { Descriptor = _socket, Events = PollIn };
        return Poll(&poll, 1, (int)Math.Ceiling(time.TotalMilliseconds)) > 0;
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _ = Close(_socket);
    }

    private static IOException Failure(string what) => new($"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int socket, NetlinkAddress* address, int addressBytes);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int socket, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int socket, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(PollRequest* requests, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    /// <summary>sockaddr_nl of netlink(7).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct NetlinkAddress
    {
        internal ushort Family;
        internal ushort Padding;
        internal uint Port;
        internal uint Groups;
    }

    /// <summary>pollfd of poll(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }
}

/// <summary>One message, without its header.</summary>
internal readonly ref struct NetlinkMessage(ushort type, ReadOnlySpan<byte> body)
{
    internal ushort Type { get; } = type;

    internal ReadOnlySpan<byte> Body { get; } = body;
}

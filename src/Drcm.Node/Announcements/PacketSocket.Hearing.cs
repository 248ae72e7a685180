using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Drcm.Node.Announcements;

/// <content>Hears what the neighbours say, on all interfaces at once.</content>
internal sealed unsafe partial class PacketSocket
{
    private const int LevelSocket = 1;
    private const int AttachFilter = 26;

    /// <summary>Of IPv6 only neighbour advertisements (classic BPF: next header 58, type 136), so that traffic costs nothing here.</summary>
    private static readonly FilterStep[] Advertisements =
    [
        new() { Code = 0x30, Value = 20 },
        new() { Code = 0x15, SkipUnless = 3, Value = 58 },
        new() { Code = 0x30, Value = 54 },
        new() { Code = 0x15, SkipUnless = 1, Value = 136 },
        new() { Code = 0x06, Value = FrameBytesMax },
        new() { Code = 0x06, Value = 0 },
    ];

    /// <summary>Frames that come in, ARP or neighbour advertisements; not those that this host sends. It cannot send.</summary>
    /// <exception cref="IOException">Not allowed.</exception>
    internal static PacketSocket Hear(PacketProtocol protocol)
    {
        var socket = Socket(FamilyPacket, RawCloseOnExec, 0);
        if (socket == -1) throw Failure("packet socket");
        var opened = new PacketSocket(socket, 0, []);
        try
        {
            if (protocol == PacketProtocol.IpV6) Filter(socket);
            var local = new LinkAddress { Family = FamilyPacket, Protocol = BinaryPrimitives.ReverseEndianness((ushort)protocol) };
            if (Bind(socket, &local, sizeof(LinkAddress)) == -1) throw Failure("packet socket");
        }
        catch
        {
            opened.Dispose();
            throw;
        }
        return opened;
    }

    /// <summary>Until one of them has a frame, or that time is over.</summary>
    internal static void Wait(PacketSocket one, PacketSocket other, TimeSpan time)
    {
        var requests = stackalloc PollRequest[2];
        requests[0] = new PollRequest { Descriptor = one._socket, Events = PollIn };
        requests[1] = new PollRequest { Descriptor = other._socket, Events = PollIn };
        _ = Poll(requests, 2, (int)Math.Ceiling(time.TotalMilliseconds));
    }

    private static void Filter(int socket)
    {
        fixed (FilterStep* steps = Advertisements)
        {
            var program = new FilterProgram { Count = (ushort)Advertisements.Length, Steps = steps };
            if (SetOption(socket, LevelSocket, AttachFilter, &program, sizeof(FilterProgram)) == -1) throw Failure("packet filter");
        }
    }

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int socket, int level, int option, FilterProgram* value, int valueBytes);

    /// <summary>sock_filter of linux/filter.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FilterStep
    {
        internal ushort Code;
        internal byte SkipIf;
        internal byte SkipUnless;
        internal uint Value;
    }

    /// <summary>sock_fprog of linux/filter.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        internal ushort Count;
        internal FilterStep* Steps;
    }
}

using System.Runtime.CompilerServices;
using Drcm.Node.Guarding.Native;
using Drcm.Node.Scripts.Native;

namespace Drcm.Node.Guarding;

/// <summary>Takes an address from whatever interface of this host has it, over rtnetlink: one question, one request for each holder, one more look. Allocates
/// nothing. Source: rtnetlink(7).</summary>
internal static unsafe class AddressRemoval
{
    private const int FamilyNetlink = 16;
    private const int RawSocket = 3 | Posix.CloseOnExec;
    private const byte FamilyIpv4 = 2;
    private const byte FamilyIpv6 = 10;
    private const int HeaderBytes = 16;
    private const int AddressHeaderBytes = 8;
    private const int AttributeHeaderBytes = 4;
    private const ushort NewAddress = 20;
    private const ushort DeleteAddress = 21;
    private const ushort GetAddress = 22;
    private const ushort Done = 3;
    private const ushort Error = 2;
    private const ushort Request = 1;
    private const ushort RequestDump = 0x301;
    private const ushort AttributeAddress = 1;
    private const ushort AttributeLocal = 2;
    private const int SocketLevel = 1;
    private const int ReceiveTimeout = 20;

    /// <summary>The kernel answers at once; a look that failed is repeated by the guard's next step.</summary>
    private const long AnswerMicrosecondsMax = 100_000;

    /// <summary>The kernel sends at most 32 KiB in one piece.</summary>
    private const int BufferBytes = 32 * 1024;

    /// <summary>The same address on more interfaces than this takes another look.</summary>
    private const int HoldersMax = 8;

    private struct Holder
    {
        public uint Interface;
        public byte PrefixLength;
    }

    /// <returns>No interface has it.</returns>
    public static bool Remove(byte* address, int length)
    {
        var holders = stackalloc Holder[HoldersMax];
        var count = Find(address, length, holders);
        for (var i = 0; i < count; i++) Delete(address, length, holders[i]);
        return count == 0 || (count > 0 && Find(address, length, holders) == 0);
    }

    /// <returns>-1: the kernel did not answer.</returns>
    private static int Find(byte* address, int length, Holder* holders)
    {
        var socket = Open();
        if (socket < 0) return -1;
        var request = stackalloc byte[HeaderBytes + AddressHeaderBytes];
        Begin(request, HeaderBytes + AddressHeaderBytes, GetAddress, RequestDump, Family(length));
        var found = -1;
        if (GuardCalls.Send(socket, request, HeaderBytes + AddressHeaderBytes, 0) > 0) found = Read(socket, address, length, holders);
        _ = GuardCalls.Close(socket);
        return found;
    }

    private static int Read(int socket, byte* address, int length, Holder* holders)
    {
        var buffer = stackalloc byte[BufferBytes];
        var found = 0;
        while (true)
        {
            var count = (int)GuardCalls.Receive(socket, buffer, BufferBytes, 0);
            if (count <= 0) return -1;
            for (var at = 0; at + HeaderBytes <= count;)
            {
                var size = Unsafe.ReadUnaligned<int>(buffer + at);
                var type = Unsafe.ReadUnaligned<ushort>(buffer + at + 4);
                if (type == Done) return found;
                if (type == Error || size < HeaderBytes || at + size > count) return -1;
                if (type == NewAddress && found < HoldersMax && Matches(buffer + at + HeaderBytes, size - HeaderBytes, address, length))
                {
                    holders[found++] = new Holder
                    {
                        PrefixLength = buffer[at + HeaderBytes + 1],
                        Interface = Unsafe.ReadUnaligned<uint>(buffer + at + HeaderBytes + 4),
                    };
                }
                at += Align(size);
            }
        }
    }

    /// <summary>On a point-to-point link ADDRESS is the peer; LOCAL, where present, is ours.</summary>
    private static bool Matches(byte* message, int size, byte* address, int length)
    {
        var isLocalSeen = false;
        var isMatch = false;
        for (var at = AddressHeaderBytes; at + AttributeHeaderBytes <= size;)
        {
            int attribute = Unsafe.ReadUnaligned<ushort>(message + at);
            var type = Unsafe.ReadUnaligned<ushort>(message + at + 2);
            if (attribute < AttributeHeaderBytes || at + attribute > size) break;
            if (type == AttributeLocal || (type == AttributeAddress && !isLocalSeen))
            {
                isMatch = attribute - AttributeHeaderBytes == length
                    && new ReadOnlySpan<byte>(message + at + AttributeHeaderBytes, length).SequenceEqual(new ReadOnlySpan<byte>(address, length));
            }
            isLocalSeen |= type == AttributeLocal;
            at += Align(attribute);
        }
        return isMatch;
    }

    /// <summary>The kernel does it before the call returns.</summary>
    private static void Delete(byte* address, int length, Holder holder)
    {
        var socket = Open();
        if (socket < 0) return;
        var total = HeaderBytes + AddressHeaderBytes + AttributeHeaderBytes + length;
        var request = stackalloc byte[total];
        Begin(request, total, DeleteAddress, Request, Family(length));
        request[HeaderBytes + 1] = holder.PrefixLength;
        Unsafe.WriteUnaligned(request + HeaderBytes + 4, holder.Interface);
        var attribute = request + HeaderBytes + AddressHeaderBytes;
        Unsafe.WriteUnaligned(attribute, (ushort)(AttributeHeaderBytes + length));
        Unsafe.WriteUnaligned(attribute + 2, AttributeLocal);
        Unsafe.CopyBlock(attribute + AttributeHeaderBytes, address, (uint)length);
        _ = GuardCalls.Send(socket, request, (nuint)total, 0);
        _ = GuardCalls.Close(socket);
    }

    private static int Open()
    {
        var socket = GuardCalls.Socket(FamilyNetlink, RawSocket, 0);
        if (socket < 0) return -1;
        var limit = stackalloc long[2];
        (limit[0], limit[1]) = (0, AnswerMicrosecondsMax);
        _ = GuardCalls.SetOption(socket, SocketLevel, ReceiveTimeout, (byte*)limit, 2 * sizeof(long));
        return socket;
    }

    private static void Begin(byte* request, int length, ushort type, ushort flags, byte family)
    {
        new Span<byte>(request, length).Clear();
        Unsafe.WriteUnaligned(request, length);
        Unsafe.WriteUnaligned(request + 4, type);
        Unsafe.WriteUnaligned(request + 6, flags);
        request[HeaderBytes] = family;
    }

    private static byte Family(int length) => length == 4 ? FamilyIpv4 : FamilyIpv6;

    private static int Align(int length) => (length + 3) & ~3;
}

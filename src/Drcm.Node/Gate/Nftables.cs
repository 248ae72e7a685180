using System.Runtime.InteropServices;

namespace Drcm.Node.Gate;

/// <summary>libnftables(3): commands of nft run inside this process, in the network namespace of the thread that opens it; a process per command would cost 20 ms.
/// One thread only.</summary>
internal sealed unsafe partial class Nftables : IDisposable
{
    private const string Library = "libnftables.so.1";

    private const int FamilyNetlink = 16;
    private const int RawCloseOnExec = 3 | 0x80000;
    private const int NetlinkNetfilter = 12;

    private nint _context;

    private Nftables(nint context) => _context = context;

    /// <summary>Null with the reason if the library cannot be used.</summary>
    internal static Nftables? TryOpen(out string whyNot)
    {
        try
        {
            // The library ends the whole process where the kernel does not have this family.
            var socket = Socket(FamilyNetlink, RawCloseOnExec, NetlinkNetfilter);
            if (socket == -1)
            {
                whyNot = "the kernel has no nftables";
                return null;
            }
            _ = Close(socket);
            var context = New(0);
            whyNot = context == 0 ? "libnftables has no room for a context" : "";
            if (context == 0) return null;
            _ = BufferOutput(context);
            _ = BufferErrors(context);
            return new Nftables(context);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            whyNot = $"{Library} is missing: install libnftables1 (Debian, Ubuntu) or nftables (others)";
            return null;
        }
    }

    /// <summary>All commands in one transaction: all of them or none.</summary>
    /// <param name="commands">UTF-8, ended by a zero.</param>
    /// <returns>Empty: done. Else the first line of what nft says.</returns>
    internal string Run(ReadOnlySpan<byte> commands)
    {
        int result;
        fixed (byte* bytes = commands) result = Run(_context, bytes);
        // Both buffers are emptied by reading them.
        _ = Output(_context);
        var errors = Errors(_context);
        if (result == 0) return "";
        var text = Marshal.PtrToStringUTF8(errors) ?? "";
        return text.Split('\n', 2)[0] is { Length: > 0 } line ? line : "nft gives no reason";
    }

    public void Dispose()
    {
        if (_context != 0) Free(_context);
        _context = 0;
    }

    [LibraryImport(Library, EntryPoint = "nft_ctx_new")]
    private static partial nint New(uint flags);

    [LibraryImport(Library, EntryPoint = "nft_ctx_free")]
    private static partial void Free(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_buffer_output")]
    private static partial int BufferOutput(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_buffer_error")]
    private static partial int BufferErrors(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_get_output_buffer")]
    private static partial nint Output(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_get_error_buffer")]
    private static partial nint Errors(nint context);

    [LibraryImport(Library, EntryPoint = "nft_run_cmd_from_buffer")]
    private static partial int Run(nint context, byte* commands);

    [LibraryImport("libc", EntryPoint = "socket")]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}

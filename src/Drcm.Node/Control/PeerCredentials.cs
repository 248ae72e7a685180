using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Drcm.Node.Control;

/// <summary>Who is at the other end of a UNIX socket, as the kernel says (unix(7): SO_PEERCRED, SO_PEERGROUPS).</summary>
internal readonly record struct PeerCredentials(uint UserId, uint GroupId, uint[] Groups)
{
    private const int SolSocket = 1;
    private const int SoPeerCredentials = 17;
    private const int SoPeerGroups = 59;
    private const int CredentialBytes = 12;
    private const uint Unchanged = uint.MaxValue;

    /// <summary>NGROUPS_MAX of Linux.</summary>
    private const int GroupsMax = 65_536;

    public static PeerCredentials Of(Socket socket)
    {
        Span<byte> raw = stackalloc byte[CredentialBytes];
        socket.GetRawSocketOption(SolSocket, SoPeerCredentials, raw);
        var groups = new byte[GroupsMax * sizeof(uint)];
        int length;
        try
        {
            length = socket.GetRawSocketOption(SolSocket, SoPeerGroups, groups);
        }
        catch (SocketException)
        {
            length = 0; // A kernel before 4.13: the primary group alone decides.
        }
        return new PeerCredentials(
            MemoryMarshal.Read<uint>(raw[4..]),
            MemoryMarshal.Read<uint>(raw[8..]),
            MemoryMarshal.Cast<byte, uint>(groups.AsSpan(0, length)).ToArray());
    }

    /// <summary>Root, the daemon's own user, and members of <paramref name="group"/>.</summary>
    public bool MayControl(uint? group) =>
        UserId == 0
        || UserId == NativeMethods.geteuid()
        || (group is { } gid && (GroupId == gid || Groups.Contains(gid)));

    /// <summary>Number of the group; null: no such group.</summary>
    public static uint? GroupNamed(string name)
    {
        var entry = NativeMethods.getgrnam(name);
        if (entry == IntPtr.Zero) return null;
        // struct group { char *gr_name; char *gr_passwd; gid_t gr_gid; char **gr_mem; }
        return unchecked((uint)Marshal.ReadInt32(entry, 2 * IntPtr.Size));
    }

    /// <summary>Gives a file to a group. Not allowed to: it stays with the daemon's own, which is the stricter choice.</summary>
    public static void GiveTo(string path, uint group) => _ = NativeMethods.chown(path, Unchanged, group);

    private static class NativeMethods
    {
        [DllImport("libc", ExactSpelling = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern uint geteuid();

        [DllImport("libc", ExactSpelling = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern IntPtr getgrnam([MarshalAs(UnmanagedType.LPUTF8Str)] string name);

        [DllImport("libc", ExactSpelling = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int chown([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint owner, uint group);
    }
}

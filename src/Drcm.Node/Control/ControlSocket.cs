using System.Net.Sockets;
using System.Text;

namespace Drcm.Node.Control;

/// <summary>Opens the listening socket: no second daemon behind it, mode 0660 before the first connection is taken.</summary>
internal static class ControlSocket
{
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <param name="group">Gets the socket's group; null: the daemon's own stays.</param>
    public static Socket Open(string path, uint? group)
    {
        if (Encoding.UTF8.GetByteCount(path) > ControlOptions.PathBytesMax)
        {
            throw new ControlSocketException(
                $"the control socket {path} has a path longer than {ControlOptions.PathBytesMax} bytes; choose a shorter run_dir");
        }
        RemoveStale(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, Mode);
            if (group is { } gid) PeerCredentials.GiveTo(path, gid);
            socket.Listen(backlog: 64);
            return socket;
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new ControlSocketException(
                $"the control socket {path} cannot be opened: {e.Message}; make sure that run_dir exists and that drcmd may write to it", e);
        }
    }

    /// <summary>A daemon that was killed leaves its socket file; one that answers is alive.</summary>
    private static void RemoveStale(string path)
    {
        if (!File.Exists(path)) return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ControlSocketException($"the stale control socket {path} cannot be removed: {e.Message}; remove it by hand", e);
            }
            return;
        }
        throw new ControlSocketException(
            $"another drcmd answers at {path}; stop it first, or start this one with its own --run-dir");
    }
}

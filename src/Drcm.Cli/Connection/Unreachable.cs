using System.Net.Sockets;

namespace Drcm.Cli.Connection;

/// <summary>Why no daemon could be asked, and what to do.</summary>
internal static class Unreachable
{
    public static ControlException At(string socketPath, Exception cause) => cause switch
    {
        SocketException { SocketErrorCode: SocketError.AccessDenied } => new ControlException(
            $"you may not use the control socket {socketPath}",
            "become root or a member of the cluster_group of cm.cfg",
            ExitCodes.Unavailable),
        SocketException when File.Exists(socketPath) => new ControlException(
            $"no daemon answers at {socketPath}: drcmd was killed or is not ready",
            "start it again with: systemctl start drcmd",
            ExitCodes.Unavailable),
        SocketException => new ControlException(
            $"no daemon is running behind {socketPath}: there is no such socket",
            "start it with: systemctl start drcmd; or name another with --socket or --run-dir",
            ExitCodes.Unavailable),
        _ => new ControlException($"{socketPath} is no usable socket path: {cause.Message}", "name a shorter one with --socket", ExitCodes.Usage),
    };
}

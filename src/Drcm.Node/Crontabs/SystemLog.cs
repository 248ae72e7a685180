using System.Net.Sockets;
using System.Text;

namespace Drcm.Node.Crontabs;

/// <summary>One line in the system's log, where cron's own lines are. A host without a log loses it.</summary>
internal static class SystemLog
{
    private const string Address = "/dev/log";

    /// <summary>Facility cron, severity notice (RFC 5424, 6.2.1).</summary>
    private const int Priority = (9 * 8) + 5;

    public static void Write(string line)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.Blocking = false;
            socket.SendTo(Encoding.UTF8.GetBytes($"<{Priority}>drcmd[{Environment.ProcessId}]: {line}"), new UnixDomainSocketEndPoint(Address));
        }
        catch (SocketException)
        {
            // Nobody listens, or nobody keeps up.
        }
    }
}

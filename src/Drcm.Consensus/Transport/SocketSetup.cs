using System.Net;
using System.Net.Sockets;

namespace Drcm.Consensus.Transport;

/// <summary>How every socket between members is set up.</summary>
internal static class SocketSetup
{
    /// <summary>TCP_USER_TIMEOUT of Linux: sent but unacknowledged for so long means that the peer's host is gone.</summary>
    private const int TcpUserTimeoutOption = 18;
    private static readonly TimeSpan UnacknowledgedMax = TimeSpan.FromMilliseconds(400);

    private const int KeepAliveIdleSeconds = 1;
    private const int KeepAliveIntervalSeconds = 1;
    private const int KeepAliveProbes = 2;

    public static void Apply(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveIdleSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
        if (OperatingSystem.IsLinux())
        {
            Span<byte> milliseconds = stackalloc byte[sizeof(int)];
            BitConverter.TryWriteBytes(milliseconds, (int)UnacknowledgedMax.TotalMilliseconds);
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpUserTimeoutOption, milliseconds);
        }
    }

    /// <summary>Connects from <paramref name="localAddress"/> (null: the system chooses).</summary>
    public static async ValueTask<Socket> ConnectAsync(
        IPEndPoint remote, IPAddress? localAddress, CancellationToken cancellationToken)
    {
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Apply(socket);
            if (localAddress is not null && localAddress.AddressFamily == remote.AddressFamily)
            {
                socket.Bind(new IPEndPoint(localAddress, 0));
            }

            await socket.ConnectAsync(remote, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

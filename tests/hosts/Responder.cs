using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Drcm.TestHosts;

/// <summary>Answers datagrams to any address of a host with the request and the host's name.</summary>
internal sealed class Responder : IDisposable
{
    internal const int Port = 7007;
    internal const int RequestBytes = 8;

    private readonly Socket _socket;
    private readonly byte[] _name;
    private readonly Thread _thread;

    internal Responder(TestHost host)
    {
        _name = Encoding.ASCII.GetBytes(host.Name);
        _socket = host.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(IPAddress.Any, Port));
        _thread = new Thread(Answer) { IsBackground = true, Name = "responder of " + host.Name };
        _thread.Start();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _thread.Join();
    }

    private void Answer()
    {
        var buffer = new byte[RequestBytes + _name.Length];
        _name.CopyTo(buffer, RequestBytes);
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        try
        {
            while (true)
            {
                if (_socket.ReceiveFrom(buffer, 0, RequestBytes, SocketFlags.None, ref from) == RequestBytes) _socket.SendTo(buffer, from);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed: the host is switched off.
        }
    }
}

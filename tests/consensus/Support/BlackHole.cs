using System.Net;
using System.Net.Sockets;

namespace Drcm.Consensus.Tests.Support;

/// <summary>An address that swallows connection attempts like a host that is gone: a listener whose queue is full and never emptied.</summary>
internal sealed class BlackHole : IDisposable
{
    private const int Fillers = 4;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _fillers = [];

    public BlackHole(IPEndPoint endPoint)
    {
        _listener.Bind(endPoint);
        _listener.Listen(0);
        for (var i = 0; i < Fillers; i++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            try
            {
                filler.Connect(endPoint);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // On its way into the queue, or left hanging because that is full.
            }

            _fillers.Add(filler);
        }
    }

    public void Dispose()
    {
        _fillers.ForEach(f => f.Dispose());
        _listener.Dispose();
    }
}

using System.Net;
using System.Net.Sockets;
using Drcm.StateMachine;

namespace Drcm.Node.Datagrams;

/// <summary>The UDP sockets of the keep-alive: one for each own address, or one for all. Blocking receives on a thread of their own,
/// so that a busy thread pool never delays an acknowledgement.</summary>
/// <remarks>No SO_REUSEADDR: it would hide a port in use.</remarks>
internal sealed class UdpLink : IDisposable
{
    private const int ReceiveBufferBytes = 65_536;

    /// <summary>A second of keep-alives from 100 nodes fits into the kernel's queue.</summary>
    private const int KernelQueueBytes = 4 * 1024 * 1024;

    private readonly List<Socket> _sockets = [];
    private readonly List<Thread> _threads = [];
    private volatile IReadOnlyDictionary<NodeId, IPEndPoint[]> _peers = new Dictionary<NodeId, IPEndPoint[]>();
    private volatile bool _isClosed;
    private long _unsent;

    /// <exception cref="StartupException">An address cannot be bound.</exception>
    public UdpLink(IReadOnlyList<IPEndPoint> own)
    {
        foreach (var endPoint in own) _sockets.Add(Bind(endPoint));
    }

    /// <summary>Datagrams that the kernel would not take; a cut link or a missing route shows here.</summary>
    public long Unsent => Interlocked.Read(ref _unsent);

    public void Start(Action<ReadOnlyMemory<byte>> received)
    {
        foreach (var socket in _sockets)
        {
            var thread = new Thread(() => Receive(socket, received)) { IsBackground = true, Name = "keep-alive receive" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>From the next datagram on.</summary>
    public void SetPeers(IReadOnlyDictionary<NodeId, IPEndPoint[]> peers) => _peers = peers;

    /// <summary>To every address of the peer; losses are the protocol's business.</summary>
    public void Send(NodeId to, ReadOnlySpan<byte> datagram)
    {
        if (!_peers.TryGetValue(to, out var endPoints)) return;
        foreach (var endPoint in endPoints)
        {
            try
            {
                _sockets[0].SendTo(datagram, SocketFlags.None, endPoint);
            }
            catch (SocketException)
            {
                Interlocked.Increment(ref _unsent);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    /// <summary>Waits, a few milliseconds at most, until what the kernel holds has been received (O20: drain before counting silence).</summary>
    public void Drain()
    {
        var deadline = Clock.MonotonicClock.Now + TimeSpan.FromMilliseconds(5);
        foreach (var socket in _sockets)
        {
            while (!_isClosed && socket.Available > 0 && Clock.MonotonicClock.Now < deadline) Thread.Yield();
        }
    }

    public void Dispose()
    {
        _isClosed = true;
        foreach (var socket in _sockets) socket.Dispose();
        foreach (var thread in _threads) thread.Join();
    }

    private static Socket Bind(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.ReceiveBufferSize = KernelQueueBytes;
            socket.Bind(endPoint);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new StartupException($"cannot listen on UDP {endPoint}: {e.Message}", Remedy(e.SocketErrorCode), e);
        }
    }

    public static string Remedy(SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse => "another program, or another drcmd, holds the port: end it or change udpport/tcpport",
        SocketError.AddressNotAvailable => "the keep_alive_ip of this node is not on any interface: correct cm.cfg or bring the interface up",
        SocketError.AccessDenied => "ports below 1024 need root: run as root or change udpport/tcpport",
        _ => "check keep_alive_ip, udpport and tcpport in cm.cfg",
    };

    private void Receive(Socket socket, Action<ReadOnlyMemory<byte>> received)
    {
        var buffer = new byte[ReceiveBufferBytes];
        while (!_isClosed)
        {
            try
            {
                var count = socket.Receive(buffer);
                received(buffer.AsMemory(0, count));
            }
            catch (SocketException) when (!_isClosed)
            {
                // A peer's ICMP answer to an earlier datagram (port unreachable) surfaces here; it says nothing about this socket.
            }
            catch (Exception e) when (_isClosed && e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}

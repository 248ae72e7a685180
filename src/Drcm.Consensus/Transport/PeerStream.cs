using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Drcm.Consensus.Transport;

/// <summary>One connection between members, TLS 1.3 with proof of the key on both sides. Knows how long the newest bytes written have been without
/// any bytes back.</summary>
internal sealed class PeerStream : SslStream
{
    private readonly Socket _socket;
    private readonly TransportKeys _keys;
    private readonly List<byte[]> _shownKeys = [];
    private long _waitsSince;

    public PeerStream(Socket socket, TransportKeys keys)
        : base(new NetworkStream(socket, ownsSocket: true), leaveInnerStreamOpen: false) => (_socket, _keys) = (socket, keys);

    /// <summary>The name that the server at the other end gave.</summary>
    public string PeerName { get; set; } = "";

    /// <summary>A key by which one of the two sides proved itself is not accepted any more.</summary>
    public bool IsRetired => !_shownKeys.TrueForAll(_keys.AcceptsKey);

    public EndPoint? LocalEndPoint => _socket.LocalEndPoint;

    public EndPoint? RemoteEndPoint => _socket.RemoteEndPoint;

    /// <summary>Nothing has come that nobody read, the end of the connection included.</summary>
    public bool IsQuiet
    {
        get
        {
            try
            {
                return !_socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return false;
            }
        }
    }

    public TimeSpan Unanswered
    {
        get
        {
            var since = Volatile.Read(ref _waitsSince);
            return since == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(since);
        }
    }

    /// <exception cref="AuthenticationException">The other side has another key, or speaks no TLS 1.3.</exception>
    public async Task ProveAsClientAsync(CancellationToken cancellationToken)
    {
        var shown = _keys.Shown;
        await AuthenticateAsClientAsync(
            new()
            {
                TargetHost = "drcm",
                EnabledSslProtocols = SslProtocols.Tls13,
                ClientCertificateContext = shown,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => _keys.Accepts(certificate),
                AllowRenegotiation = false,
                AllowTlsResume = false,
            },
            cancellationToken);
        Remember(shown);
    }

    /// <exception cref="AuthenticationException">The other side has another key or shows none, or speaks no TLS 1.3.</exception>
    public async Task ProveAsServerAsync(CancellationToken cancellationToken)
    {
        var shown = _keys.Shown;
        await AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                ServerCertificateContext = shown,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => _keys.Accepts(certificate),
                AllowRenegotiation = false,
                AllowTlsResume = false,
            },
            cancellationToken);
        Remember(shown);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Interlocked.CompareExchange(ref _waitsSince, Stopwatch.GetTimestamp(), 0);
        return base.WriteAsync(buffer, cancellationToken);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await base.ReadAsync(buffer, cancellationToken);
        Volatile.Write(ref _waitsSince, 0);
        return count;
    }

    /// <summary>At once, whatever is under way.</summary>
    public void Abort() => _socket.Dispose();

    private void Remember(SslStreamCertificateContext shown)
    {
        _shownKeys.Add(TransportKeys.PublicKeyOf(shown.TargetCertificate));
        _shownKeys.Add(TransportKeys.PublicKeyOf((X509Certificate2)RemoteCertificate!));
    }
}

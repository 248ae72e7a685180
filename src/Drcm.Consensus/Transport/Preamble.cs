using System.Net.Sockets;

namespace Drcm.Consensus.Transport;

/// <summary>The first five bytes of every connection between members: a magic number, then what the connection carries. This is the one
/// place where TLS will be put in front: see <see cref="SocketSetup"/>.</summary>
internal static class Preamble
{
    public const byte Raft = (byte)'R';
    public const byte Peer = (byte)'P';
    public const int Bytes = 5;
    private static readonly byte[] Magic = "DRC1"u8.ToArray();

    public static byte[] For(byte kind) => [.. Magic, kind];

    /// <summary>The channel kind; null when the bytes are no preamble or the other side closed before all of them came.</summary>
    public static async ValueTask<byte?> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[Bytes];
        for (var filled = 0; filled < Bytes;)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None, cancellationToken);
            if (received == 0)
            {
                return null;
            }

            filled += received;
        }

        var kind = buffer[Bytes - 1];
        return buffer.AsSpan(0, Magic.Length).SequenceEqual(Magic) && kind is Raft or Peer ? kind : null;
    }
}

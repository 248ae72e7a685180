using System.Text;

namespace Drcm.Consensus.Transport;

/// <summary>The first bytes of every connection between members, behind the TLS handshake. The client says: magic 4, versions that it speaks
/// (oldest 1, newest 1), what the connection carries 1, length of its name 1, name. The server answers: magic 4, its oldest and newest
/// version, the chosen version (0: none fits, or the kind is unknown) 1, length of its name 1, name.</summary>
internal sealed record Preamble(byte Oldest, byte Newest, byte Kind, string Name)
{
    public const byte Raft = (byte)'R';
    public const byte Peer = (byte)'P';
    public const byte Request = (byte)'Q';

    /// <summary>Protocol versions of this release.</summary>
    public const byte OldestVersion = 1;
    public const byte NewestVersion = 1;
    public const int NameBytesMax = 255;
    private const int HeadBytes = 8;
    private static readonly byte[] Magic = "DRC2"u8.ToArray();

    /// <summary>The newest version that both speak; null when there is none.</summary>
    public byte? CommonVersion =>
        Math.Min(Newest, NewestVersion) is var common && common >= Math.Max(Oldest, OldestVersion) ? common : null;

    public static Preamble Of(byte kind, string name) => new(OldestVersion, NewestVersion, kind, name);

    public byte[] ToBytes()
    {
        var name = Encoding.UTF8.GetBytes(Name);
        if (name.Length > NameBytesMax)
        {
            throw new InvalidOperationException($"a node's name has at most {NameBytesMax} bytes");
        }

        return [.. Magic, Oldest, Newest, Kind, (byte)name.Length, .. name];
    }

    /// <summary>Null when the bytes are no preamble.</summary>
    /// <exception cref="EndOfStreamException">The other side closed before all of it came.</exception>
    public static async ValueTask<Preamble?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new byte[HeadBytes];
        await stream.ReadExactlyAsync(head, cancellationToken);
        if (!head.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            return null;
        }

        var name = new byte[head[7]];
        await stream.ReadExactlyAsync(name, cancellationToken);
        return new(head[4], head[5], head[6], Encoding.UTF8.GetString(name));
    }
}

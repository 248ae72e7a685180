using System.Buffers;
using System.Security.Cryptography;
using MessagePack;

namespace Drcm.StateMachine.KeepAlive;

/// <summary>Why bytes from the wire are not a message.</summary>
public enum RejectReason
{
    None,

    /// <summary>Too short to hold a message, or not ours at all.</summary>
    Garbage,

    Oversized,

    /// <summary>A protocol version that this release does not speak.</summary>
    UnknownVersion,

    /// <summary>Damaged, or signed with another auth key.</summary>
    BadSignature,

    /// <summary>Signed, yet not a message of this version: a sender with a fault.</summary>
    Malformed,
}

/// <summary>The bytes of a <see cref="Message"/>: magic, version, MessagePack body, HMAC-SHA256 over everything before it. Nothing of the body is looked
/// at before the signature holds. While keys rotate (O22) it signs with one and accepts several. Thread-safe.</summary>
public sealed class MessageCodec
{
    private volatile byte[][] _keys = [];

    /// <param name="keepAliveKeys"><see cref="AuthKeys.KeepAlive"/>. The first signs, all are accepted.</param>
    /// <exception cref="ArgumentException">No key.</exception>
    public MessageCodec(params IReadOnlyList<byte[]> keepAliveKeys) => Replace(keepAliveKeys);

    /// <summary>Fits a UDP datagram with room for the frame of the log's TCP port.</summary>
    public const int BytesMax = 60_000;

    public const byte Version = 1;

    private const int HeadBytes = 5;

    private static ReadOnlySpan<byte> Magic => "DRKA"u8;

    /// <summary>From the next message on.</summary>
    /// <exception cref="ArgumentException">No key.</exception>
    public void Replace(params IReadOnlyList<byte[]> keepAliveKeys) =>
        _keys = keepAliveKeys.Count > 0 ? [.. keepAliveKeys] : throw new ArgumentException("one or more keys are needed", nameof(keepAliveKeys));

    /// <exception cref="ArgumentException">The message is larger than <see cref="BytesMax"/>; <see cref="LeaseCore"/> never makes one.</exception>
    public byte[] Encode(Message message)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        buffer.Write(Magic);
        buffer.Write([Version]);
        var writer = new MessagePackWriter(buffer);
        MessageFields.Write(ref writer, message);
        writer.Flush();
        if (buffer.WrittenCount + HMACSHA256.HashSizeInBytes > BytesMax)
            throw new ArgumentException($"a message of {buffer.WrittenCount} bytes is above the bound of {BytesMax}", nameof(message));
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_keys[0], buffer.WrittenSpan, signature);
        buffer.Write(signature);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Never throws, whatever the bytes.</summary>
    public bool TryDecode(ReadOnlySpan<byte> bytes, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Message? message, out RejectReason reason)
    {
        message = null;
        reason = Check(bytes);
        if (reason != RejectReason.None) return false;
        var body = bytes[HeadBytes..^HMACSHA256.HashSizeInBytes].ToArray();
        message = ReadBody(body);
        if (message is null) reason = RejectReason.Malformed;
        return message is not null;
    }

    private RejectReason Check(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BytesMax) return RejectReason.Oversized;
        if (bytes.Length <= HeadBytes + HMACSHA256.HashSizeInBytes || !bytes.StartsWith(Magic)) return RejectReason.Garbage;
        if (bytes[Magic.Length] != Version) return RejectReason.UnknownVersion;
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var key in _keys)
        {
            HMACSHA256.HashData(key, bytes[..^HMACSHA256.HashSizeInBytes], signature);
            if (CryptographicOperations.FixedTimeEquals(signature, bytes[^HMACSHA256.HashSizeInBytes..])) return RejectReason.None;
        }
        return RejectReason.BadSignature;
    }

    private static Message? ReadBody(byte[] body)
    {
        var reader = new MessagePackReader(body);
        try
        {
            var message = MessageFields.Read(ref reader);
            return reader.End ? message : null;
        }
        // The reader throws the last one for a text that claims to be longer than 2 GiB.
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or OverflowException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}

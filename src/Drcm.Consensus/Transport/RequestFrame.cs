using System.Buffers.Binary;

namespace Drcm.Consensus.Transport;

internal enum RequestStatus : byte
{
    Answered = 0,

    /// <summary>Nobody answers that kind.</summary>
    Unknown = 1,

    /// <summary>Too many requests at one time.</summary>
    Busy = 2,

    /// <summary>The body says why, in UTF-8.</summary>
    Failed = 3,
}

/// <summary>A request or an answer on the wire: a tag (the kind, or the status) 1, length 4 (little endian), body.</summary>
internal static class RequestFrame
{
    public const int HeadBytes = 1 + sizeof(int);

    public static byte[] Write(byte tag, ReadOnlySpan<byte> body)
    {
        var frame = new byte[HeadBytes + body.Length];
        frame[0] = tag;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(1), body.Length);
        body.CopyTo(frame.AsSpan(HeadBytes));
        return frame;
    }

    /// <summary>False when the length is outside the bounds: the connection is to be closed.</summary>
    public static bool TryReadHead(ReadOnlySpan<byte> head, out byte tag, out int length)
    {
        (tag, length) = (head[0], BinaryPrimitives.ReadInt32LittleEndian(head[1..]));
        return length is >= 0 and <= RequestLimits.BytesMax;
    }
}

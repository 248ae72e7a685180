namespace Drcm.Node.Addresses;

/// <summary>Builds one request in a buffer of the caller: header, fixed part, attributes.</summary>
internal ref struct NetlinkRequest
{
    internal const ushort Request = 0x1;
    internal const ushort Acknowledge = 0x4;
    internal const ushort Dump = 0x300;
    internal const ushort Replace = 0x100;
    internal const ushort Exclusive = 0x200;
    internal const ushort Create = 0x400;

    /// <summary>More than any request here needs.</summary>
    internal const int BytesMax = 256;

    private const int AttributeHeaderBytes = 4;

    private readonly Span<byte> _buffer;
    private int _length;

    internal NetlinkRequest(Span<byte> buffer, ushort type, ushort flags, ReadOnlySpan<byte> fixedPart)
    {
        _buffer = buffer;
        buffer.Clear();
        BitConverter.TryWriteBytes(buffer[4..], type);
        BitConverter.TryWriteBytes(buffer[6..], flags);
        fixedPart.CopyTo(buffer[NetlinkSocket.HeaderBytes..]);
        _length = NetlinkSocket.HeaderBytes + NetlinkSocket.Align(fixedPart.Length);
    }

    internal void Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        BitConverter.TryWriteBytes(_buffer[_length..], (ushort)(AttributeHeaderBytes + value.Length));
        BitConverter.TryWriteBytes(_buffer[(_length + 2)..], type);
        value.CopyTo(_buffer[(_length + AttributeHeaderBytes)..]);
        _length += NetlinkSocket.Align(AttributeHeaderBytes + value.Length);
    }

    internal readonly ReadOnlySpan<byte> Finish()
    {
        BitConverter.TryWriteBytes(_buffer, _length);
        return _buffer[.._length];
    }
}

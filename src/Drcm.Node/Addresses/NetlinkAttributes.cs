namespace Drcm.Node.Addresses;

/// <summary>Walks through the attributes of a message.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> rest)
{
    private const int HeaderBytes = 4;

    /// <summary>The upper two bits are flags.</summary>
    private const ushort TypeMask = 0x3fff;

    private ReadOnlySpan<byte> _rest = rest;

    internal ushort Type { get; private set; }

    internal ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>False at the end, or where the rest makes no sense.</summary>
    internal bool Next()
    {
        if (_rest.Length < HeaderBytes) return false;
        int length = BitConverter.ToUInt16(_rest);
        if (length < HeaderBytes || length > _rest.Length) return false;
        Type = (ushort)(BitConverter.ToUInt16(_rest[2..]) & TypeMask);
        Value = _rest[HeaderBytes..length];
        _rest = _rest[Math.Min(NetlinkSocket.Align(length), _rest.Length)..];
        return true;
    }
}

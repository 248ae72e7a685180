using System.Text;

namespace Drcm.Node.Scripts;

/// <summary>The last <see cref="BytesMax"/> bytes that a script wrote: errors come last.</summary>
internal sealed class ScriptOutput
{
    /// <summary>Kept for <c>resource.failed</c> and the kind's log (DESIGN 9).</summary>
    internal const int BytesMax = 64 * 1024;

    private static readonly byte[] Cut = "[earlier output left out]\n"u8.ToArray();

    private readonly byte[] _ring = new byte[BytesMax];
    private int _next;
    private bool _isFull;

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BytesMax)
        {
            bytes = bytes[^BytesMax..];
            _isFull = true;
        }
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(bytes.Length, BytesMax - _next)];
            part.CopyTo(_ring.AsSpan(_next));
            _next += part.Length;
            bytes = bytes[part.Length..];
            if (_next < BytesMax) continue;
            _next = 0;
            _isFull = true;
        }
    }

    public override string ToString()
    {
        if (!_isFull) return Encoding.UTF8.GetString(_ring, 0, _next);
        var all = new byte[BytesMax];
        _ring.AsSpan(_next).CopyTo(all);
        _ring.AsSpan(0, _next).CopyTo(all.AsSpan(BytesMax - _next));
        Cut.CopyTo(all, 0);
        return Encoding.UTF8.GetString(all);
    }
}

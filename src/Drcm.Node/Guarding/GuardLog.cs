using System.Buffers.Text;
using System.Runtime.InteropServices;
using Drcm.Node.Guarding.Native;

namespace Drcm.Node.Guarding;

/// <summary>Lines of the guard, on its stderr: the unit's journal, or <c>guard.log</c> in the run directory when the daemon started it. Written without allocating, and
/// none of it waits.</summary>
internal sealed unsafe class GuardLog : IDisposable
{
    private const int StandardError = 2;
    private const int LineBytesMax = 1024;

    /// <summary>Of one guard's life: what cannot be released is said again and again, and a run directory is small.</summary>
    private const int BytesMax = 1024 * 1024;

    private readonly byte* _line = (byte*)NativeMemory.AllocZeroed(LineBytesMax);
    private int _length;
    private int _written;

    public GuardLog Begin(ReadOnlySpan<byte> text)
    {
        _length = 0;
        if (Utf8Formatter.TryFormat(DateTime.UtcNow, Rest, out var written, 'O')) _length += written;
        return Add(" "u8).Add(text);
    }

    public GuardLog Add(ReadOnlySpan<byte> text)
    {
        if (text.TryCopyTo(Rest)) _length += text.Length;
        return this;
    }

    public GuardLog Add(byte* text) => Add(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    public GuardLog Add(long number)
    {
        if (Utf8Formatter.TryFormat(number, Rest, out var written)) _length += written;
        return this;
    }

    public void End()
    {
        _line[_length++] = (byte)'\n';
        _written += _length;
        if (_written <= BytesMax) _ = GuardCalls.Write(StandardError, _line, (nuint)_length);
    }

    public void Dispose() => NativeMemory.Free(_line);

    /// <summary>One byte is kept for the line's end.</summary>
    private Span<byte> Rest => new(_line + _length, LineBytesMax - _length - 1);
}

using System.Buffers.Binary;
using System.Text;

namespace Drcm.Node.Guarding;

/// <summary>Writes a table in the form that <see cref="GuardTable"/> reads: numbers little-endian, strings in UTF-8 with a zero behind them, so that the
/// guard can hand them to the kernel where they are.</summary>
internal sealed class GuardTableWriter
{
    private readonly byte[] _bytes = new byte[GuardMemory.TableBytesMax];
    private int _at;

    /// <returns>Empty: they do not fit.</returns>
    public ReadOnlySpan<byte> Write(IReadOnlyCollection<ReleaseEntry> entries)
    {
        if (entries.Count > GuardTable.EntriesMax) return [];
        _at = GuardTable.HeaderBytes;
        foreach (var entry in entries)
        {
            if (!TryWrite(entry)) return [];
        }
        BinaryPrimitives.WriteInt32LittleEndian(_bytes, _at);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(sizeof(int)), entries.Count);
        return _bytes.AsSpan(0, _at);
    }

    private bool TryWrite(ReleaseEntry entry)
    {
        var start = _at;
        var script = entry.Script;
        return TryWrite(0)
            && TryWrite((int)Math.Clamp(entry.Timeout.TotalMilliseconds, 0, int.MaxValue))
            && TryWrite((int)Math.Clamp(entry.Limit.TotalMilliseconds, 0, int.MaxValue))
            && TryWrite(entry.Address.Length) && TryWrite(entry.Address.AsSpan())
            && TryWrite(entry.Groups.Length) && entry.Groups.All(g => TryWrite(g.Id) && TryWrite((long)g.StartTime))
            && TryWrite([entry.Resource.ToString()])
            && TryWrite(entry.Files.Length) && TryWrite(entry.Files)
            && TryWrite(script is null ? 0 : 1)
            && (script is null || (TryWrite([script.Path, script.WorkingDirectory])
                && TryWrite(script.Arguments.Length) && TryWrite(script.Arguments)
                && TryWrite(script.Environment.Length) && TryWrite(script.Environment)))
            && BinaryPrimitives.TryWriteInt32LittleEndian(_bytes.AsSpan(start), _at - start);
    }

    private bool TryWrite(IReadOnlyCollection<string> words)
    {
        foreach (var word in words)
        {
            // One byte is kept for the zero.
            if (_at >= _bytes.Length || !Encoding.UTF8.TryGetBytes(word, _bytes.AsSpan(_at, _bytes.Length - _at - 1), out var written)) return false;
            _at += written;
            _bytes[_at++] = 0;
        }
        return true;
    }

    private bool TryWrite(int number) =>
        BinaryPrimitives.TryWriteInt32LittleEndian(_bytes.AsSpan(_at), number) && Advance(sizeof(int));

    private bool TryWrite(long number) =>
        BinaryPrimitives.TryWriteInt64LittleEndian(_bytes.AsSpan(_at), number) && Advance(sizeof(long));

    private bool TryWrite(ReadOnlySpan<byte> bytes) => bytes.TryCopyTo(_bytes.AsSpan(_at)) && Advance(bytes.Length);

    private bool Advance(int count)
    {
        _at += count;
        return true;
    }
}

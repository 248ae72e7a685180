using System.Buffers;
using System.IO.Compression;
using System.Text;
using MessagePack;

namespace Drcm.StateMachine.Events;

/// <summary>A canonical text in its event: as a string when short, else Brotli behind its length; a cluster of ten thousand slots has two
/// megabytes of text, and an entry of the log one.</summary>
internal static class DefinitionPacking
{
    private const int PlainBytesMax = 32 * 1024;
    private const int Quality = 5;
    private const int WindowBits = 22;

    /// <summary>The texts can be stored in one entry together.</summary>
    public static bool Fit(params ReadOnlySpan<string> texts)
    {
        long stored = 0;
        foreach (var text in texts)
        {
            var length = Encoding.UTF8.GetByteCount(text);
            if (length > EventLimits.DefinitionBytesMax) return false;
            stored += length <= PlainBytesMax ? length : Pack(text).Length;
        }
        return stored <= EventLimits.DefinitionStoredBytesMax;
    }

    public static void Write(ref MessagePackWriter writer, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        if (length <= PlainBytesMax)
        {
            writer.Write(text);
            return;
        }
        var packed = length <= EventLimits.DefinitionBytesMax ? Pack(text) : [];
        if (packed.Length == 0 || packed.Length > EventLimits.DefinitionStoredBytesMax)
            throw new ArgumentException($"a definition of {length} bytes does not fit one entry of the log", nameof(text));
        writer.WriteArrayHeader(2);
        writer.Write(length);
        writer.Write(packed);
    }

    public static string Read(ref MessagePackReader reader)
    {
        if (reader.NextMessagePackType == MessagePackType.String)
            return FieldReading.Text(ref reader, PlainBytesMax);
        var parts = reader.ReadArrayHeader();
        if (parts != 2) throw new CorruptEventException($"a definition of {parts} parts");
        var length = reader.ReadInt32();
        if (length is < 0 or > EventLimits.DefinitionBytesMax) throw new CorruptEventException($"a definition of {length} bytes");
        var packed = reader.ReadBytes() ?? throw new CorruptEventException("a definition is missing");
        if (packed.Length > EventLimits.DefinitionStoredBytesMax) throw new CorruptEventException($"a definition in {packed.Length} bytes");
        var text = new byte[length];
        if (!BrotliDecoder.TryDecompress(packed.ToArray(), text, out var written) || written != length)
            throw new CorruptEventException("a definition cannot be unpacked");
        return FieldReading.Strictly(text);
    }

    private static byte[] Pack(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        return BrotliEncoder.TryCompress(bytes, packed, out var written, Quality, WindowBits)
            ? packed[..written]
            : throw new ArgumentException("a definition cannot be packed", nameof(text));
    }
}

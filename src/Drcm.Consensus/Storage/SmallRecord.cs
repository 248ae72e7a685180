using System.Buffers.Binary;

namespace Drcm.Consensus.Storage;

/// <summary>A file of one sector that is rewritten in place: the vote, or the mark. Magic 8 bytes, CRC-32C 4, zero 4, then the fields. A disk writes
/// a sector whole or not at all, so a bad one is damage, not a torn write.</summary>
internal sealed class SmallRecord(IStoreFile file, string magic, int fieldBytes) : IDisposable
{
    private const int HeadBytes = 16;

    /// <summary>Smallest unit that a disk writes whole.</summary>
    public const int SectorBytes = 512;
    private readonly byte[] _sector = new byte[SectorBytes];

    /// <summary>False when the file is new.</summary>
    /// <exception cref="LogDamagedException">It holds something else.</exception>
    public bool TryRead(Span<byte> fields)
    {
        var read = file.Read(_sector, 0);
        if (read == 0)
        {
            return false;
        }

        if (read != SectorBytes || !_sector.AsSpan(0, 8).SequenceEqual(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(_sector.AsSpan(8)) != Record.Crc(_sector.AsSpan(HeadBytes))
            || _sector.AsSpan(12, 4).ContainsAnyExcept((byte)0))
        {
            throw new LogDamagedException($"{file.Path}: is damaged; {Remedies.CopyFromOthers}");
        }

        _sector.AsSpan(HeadBytes, fieldBytes).CopyTo(fields);
        return true;
    }

    /// <summary>Where a damaged one is wrong, and how.</summary>
    public static (long Offset, string Problem) Explain(IStoreFile file)
    {
        var sector = new byte[SectorBytes];
        var read = file.Read(sector, 0);
        return read != SectorBytes ? (read, $"has {read} bytes instead of {SectorBytes}")
            : sector.AsSpan(12, 4).ContainsAnyExcept((byte)0) ? (12, "bytes that are always zero are not")
            : BinaryPrimitives.ReadUInt32LittleEndian(sector.AsSpan(8)) != Record.Crc(sector.AsSpan(HeadBytes)) ? (8, "the checksum does not match")
            : (0, "is of another kind: its first bytes are not what they must be");
    }

    public void Write(ReadOnlySpan<byte> fields, bool isFlushed)
    {
        Array.Clear(_sector);
        Magic.CopyTo(_sector);
        fields.CopyTo(_sector.AsSpan(HeadBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(_sector.AsSpan(8), Record.Crc(_sector.AsSpan(HeadBytes)));
        file.Write(_sector, 0);
        if (isFlushed)
        {
            file.Flush();
        }
    }

    public void Dispose() => file.Dispose();

    private ReadOnlySpan<byte> Magic => System.Text.Encoding.ASCII.GetBytes(magic);
}

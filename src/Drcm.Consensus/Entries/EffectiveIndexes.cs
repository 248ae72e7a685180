namespace Drcm.Consensus.Entries;

/// <summary>One bit per log index: did the entry take effect? One writer; readers ask only for indexes that the writer has published
/// as applied. A million entries cost 125 KiB.</summary>
internal sealed class EffectiveIndexes
{
    private const int WordBits = 64;
    private const int ChunkWords = 1024;
    private const int ChunkBits = ChunkWords * WordBits;

    private ulong[]?[] _chunks = [];

    public void Add(long index)
    {
        var chunk = (int)(index / ChunkBits);
        var chunks = _chunks;
        if (chunk >= chunks.Length)
        {
            var grown = new ulong[chunk + 1][];
            chunks.CopyTo(grown, 0);
            Volatile.Write(ref _chunks, chunks = grown);
        }

        chunks[chunk] ??= new ulong[ChunkWords];

        var bit = (int)(index % ChunkBits);
        chunks[chunk]![bit / WordBits] |= 1UL << (bit % WordBits);
    }

    /// <summary>Lets go of what nobody asks for any more.</summary>
    public void ForgetBefore(long index)
    {
        var chunks = _chunks;
        for (var i = 0; i < Math.Min(index / ChunkBits, chunks.Length); i++)
        {
            chunks[i] = null;
        }
    }

    public bool Contains(long index)
    {
        var chunks = Volatile.Read(ref _chunks);
        var chunk = index / ChunkBits;
        var bit = (int)(index % ChunkBits);
        return chunk < chunks.Length && chunks[chunk] is { } words && (words[bit / WordBits] >> (bit % WordBits) & 1) != 0;
    }
}

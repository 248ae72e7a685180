namespace Drcm.Consensus.Entries;

/// <summary>One bit per log index: did the entry take effect? One writer; readers ask only for indexes that the writer has published
/// as applied. A million entries cost 125 KiB.</summary>
internal sealed class EffectiveIndexes
{
    private const int WordBits = 64;
    private const int ChunkWords = 1024;
    private const int ChunkBits = ChunkWords * WordBits;

    private ulong[][] _chunks = [];

    public void Add(long index)
    {
        var chunk = (int)(index / ChunkBits);
        var chunks = _chunks;
        if (chunk >= chunks.Length)
        {
            var grown = new ulong[chunk + 1][];
            chunks.CopyTo(grown, 0);
            for (var i = chunks.Length; i < grown.Length; i++)
            {
                grown[i] = new ulong[ChunkWords];
            }

            Volatile.Write(ref _chunks, chunks = grown);
        }

        var bit = (int)(index % ChunkBits);
        chunks[chunk][bit / WordBits] |= 1UL << (bit % WordBits);
    }

    public bool Contains(long index)
    {
        var chunks = Volatile.Read(ref _chunks);
        var chunk = index / ChunkBits;
        var bit = (int)(index % ChunkBits);
        return chunk < chunks.Length && (chunks[chunk][bit / WordBits] >> (bit % WordBits) & 1) != 0;
    }
}

namespace Drcm.Consensus.Storage;

internal enum EntryKind : byte
{
    /// <summary>Ours, or an empty one by which the engine opens a term.</summary>
    Ordinary = 1,

    /// <summary>The engine's member list.</summary>
    Configuration = 2,
}

/// <summary>One entry of the log, with its place.</summary>
internal readonly record struct StoredEntry(long Index, long Term, EntryKind Kind, int? CommandId, ReadOnlyMemory<byte> Payload);

namespace Drcm.Consensus.Inspection;

public enum InspectedKind
{
    /// <summary>Somebody's payload.</summary>
    Payload,

    /// <summary>A new leader's proof of its term.</summary>
    Barrier,

    /// <summary>The engine's own empty entry.</summary>
    Empty,

    /// <summary>The engine's list of members.</summary>
    Members,

    /// <summary>A frame of a later release.</summary>
    Unknown,
}

/// <summary>One stored entry with its place.</summary>
/// <param name="Payload">Without our frame; valid until the next entry is asked for.</param>
/// <param name="ExpectedVersion">The version on which it was decided; null: it names none.</param>
/// <param name="IsEffective">False: an entry came in between, and this one has no effect. Null: what came before is no longer there to tell.</param>
/// <param name="IsCommitted">Known to be committed when the mark was last written.</param>
public readonly record struct InspectedEntry(
    long Index,
    long Term,
    InspectedKind Kind,
    ReadOnlyMemory<byte> Payload,
    long? ExpectedVersion,
    bool? IsEffective,
    bool IsCommitted,
    string File,
    long Offset);

namespace Drcm.Consensus.Membership;

/// <summary>Puts a snapshot together from its parts, in order.</summary>
internal sealed class SnapshotInParts
{
    private byte[] _state = [];

    public long Index { get; private set; }

    public int Offset { get; private set; }

    /// <returns>The whole, when this was its last part. A part that does not follow is left out: the next request says what is there.</returns>
    public CommittedEntry? Add(SnapshotPart part)
    {
        if (part.Offset == 0)
        {
            (Index, Offset, _state) = (part.Index, 0, new byte[part.TotalBytes]);
        }

        if (part.Index != Index || part.Offset != Offset || part.TotalBytes != _state.Length)
        {
            (Index, Offset, _state) = (0, 0, []);
            return null;
        }

        part.Bytes.CopyTo(_state.AsMemory(Offset));
        Offset += part.Bytes.Length;
        if (Offset < _state.Length)
        {
            return null;
        }

        var whole = new CommittedEntry(part.Index, part.Term, _state, IsSnapshot: true);
        (Index, Offset, _state) = (0, 0, []);
        return whole;
    }
}

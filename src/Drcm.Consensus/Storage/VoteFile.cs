using System.Buffers.Binary;

namespace Drcm.Consensus.Storage;

/// <summary>Term and vote (Raft, figure 2: currentTerm, votedFor), on stable storage before anything that depends on them is answered.</summary>
internal sealed class VoteFile : IDisposable
{
    public const string Name = "vote";
    private const string Magic = "DRCMVOTE";

    /// <summary>Longest identity of a member.</summary>
    public const int IdBytesMax = 64;
    private const int IdAt = sizeof(long) + 1;
    private const int FieldBytes = IdAt + IdBytesMax;
    private readonly SmallRecord _record;

    public VoteFile(IStoreFile file)
    {
        _record = new(file, Magic, FieldBytes);
        Span<byte> fields = stackalloc byte[FieldBytes];
        IsNew = !_record.TryRead(fields);
        if (!IsNew)
        {
            if (fields[8] > IdBytesMax)
            {
                throw new LogDamagedException($"{file.Path}: names a vote for an identity of {fields[8]} bytes; {Remedies.CopyFromOthers}");
            }

            Term = BinaryPrimitives.ReadInt64LittleEndian(fields);
            VotedFor = fields[8] != 0 ? fields.Slice(IdAt, fields[8]).ToArray() : null;
        }
    }

    public bool IsNew { get; }

    public long Term { get; private set; }

    /// <summary>Identity of the member that has this one's vote in the term.</summary>
    public byte[]? VotedFor { get; private set; }

    public void Save(long term, byte[]? votedFor)
    {
        Span<byte> fields = stackalloc byte[FieldBytes];
        fields.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(fields, term);
        fields[8] = (byte)(votedFor?.Length ?? 0);
        votedFor?.CopyTo(fields[IdAt..]);
        _record.Write(fields, isFlushed: true);
        (Term, VotedFor) = (term, votedFor);
    }

    public void Dispose() => _record.Dispose();
}

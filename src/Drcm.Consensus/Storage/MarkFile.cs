using System.Buffers.Binary;

namespace Drcm.Consensus.Storage;

/// <summary>How far the log was flushed and committed when this was last written. Written after each flush without one of its own, so it may lag after
/// a power loss but never runs ahead; a log that ends before it has lost something that was acknowledged.</summary>
internal sealed class MarkFile : IDisposable
{
    public const string Name = "mark";
    private const string Magic = "DRCMMARK";
    private const int FieldBytes = 3 * sizeof(long);
    private readonly SmallRecord _record;

    public MarkFile(IStoreFile file)
    {
        _record = new(file, Magic, FieldBytes);
        Span<byte> fields = stackalloc byte[FieldBytes];
        IsNew = !_record.TryRead(fields);
        if (!IsNew)
        {
            FlushedIndex = BinaryPrimitives.ReadInt64LittleEndian(fields);
            FlushedTerm = BinaryPrimitives.ReadInt64LittleEndian(fields[8..]);
            CommitIndex = BinaryPrimitives.ReadInt64LittleEndian(fields[16..]);
        }
    }

    public bool IsNew { get; }

    public long FlushedIndex { get; private set; }

    public long FlushedTerm { get; private set; }

    public long CommitIndex { get; private set; }

    public void Save(long flushedIndex, long flushedTerm, long commitIndex, bool isFlushed = false)
    {
        (FlushedIndex, FlushedTerm, CommitIndex) = (flushedIndex, flushedTerm, commitIndex);
        Span<byte> fields = stackalloc byte[FieldBytes];
        BinaryPrimitives.WriteInt64LittleEndian(fields, flushedIndex);
        BinaryPrimitives.WriteInt64LittleEndian(fields[8..], flushedTerm);
        BinaryPrimitives.WriteInt64LittleEndian(fields[16..], commitIndex);
        _record.Write(fields, isFlushed);
    }

    public void Dispose() => _record.Dispose();
}

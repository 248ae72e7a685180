using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft;
using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Engines.DotNext;

/// <summary>A stored entry, or a snapshot, as the engine wants to see it.</summary>
internal readonly struct EngineEntry : IRaftLogEntry
{
    private readonly StoredEntry _entry;

    public EngineEntry(in StoredEntry entry) => _entry = entry;

    public EngineEntry(StoredSnapshot snapshot)
    {
        _entry = new(snapshot.Index, snapshot.Term, EntryKind.Ordinary, null, snapshot.ToBytes());
        IsSnapshot = true;
    }

    public long Term => _entry.Term;

    public int? CommandId => _entry.CommandId;

    public bool IsConfiguration => _entry.Kind == EntryKind.Configuration;

    public bool IsSnapshot { get; }

    public bool IsReusable => true;

    public long? Length => _entry.Payload.Length;

    public bool TryGetMemory(out ReadOnlyMemory<byte> memory)
    {
        memory = _entry.Payload;
        return true;
    }

    public ValueTask WriteToAsync<TWriter>(TWriter writer, CancellationToken token)
        where TWriter : IAsyncBinaryWriter => writer.WriteAsync(_entry.Payload, null, token);
}

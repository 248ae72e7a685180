using System.Buffers;
using Drcm.Consensus.Entries;
using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Inspection;

/// <summary>Walks over the stored entries with the same rule about expected versions as the log itself.</summary>
internal sealed class EntryWalk(string directory, IStoreFiles files, LogReport report)
{
    private readonly VersionGate _gate = new();

    /// <summary>The gate can be trusted from the first entry of all on, or from a snapshot's on; not for those kept behind a snapshot.</summary>
    private bool _isGateKnown = report.FirstIndex == 1;
    private long _next;

    public void Read(long fromIndex, long toIndex, Action<InspectedEntry> onEntry)
    {
        foreach (var name in files.List(directory).Where(n => Segment.FirstIndexOf(n) is not null))
        {
            using var file = files.Open(Path.Combine(directory, name));
            var scan = SegmentScan.Read(file, (entry, position) =>
            {
                if (Inspect(entry, file.Path, position) is { } inspected && entry.Index >= fromIndex && entry.Index <= toIndex)
                {
                    onEntry(inspected);
                }
            });
            if (scan.Damage.Length > 0 || scan.IsTorn || scan.LastIndex >= toIndex)
            {
                return;
            }
        }
    }

    private InspectedEntry? Inspect(in StoredEntry entry, string path, int position)
    {
        if (entry.Index < _next)
        {
            return null;
        }

        _next = entry.Index + 1;
        if (report.Snapshot is { } snapshot && entry.Index == snapshot.Index + 1)
        {
            _gate.Restore(snapshot.Index);
            _isGateKnown = true;
        }

        var isCommitted = entry.Index <= report.CommitIndex;
        if (entry.Kind == EntryKind.Configuration || entry.Payload.IsEmpty)
        {
            var kind = entry.Kind == EntryKind.Configuration ? InspectedKind.Members : InspectedKind.Empty;
            return new(entry.Index, entry.Term, kind, entry.Payload, null, true, isCommitted, path, position);
        }

        if (!EntryFrame.TryRead(new ReadOnlySequence<byte>(entry.Payload), out var header))
        {
            return new(entry.Index, entry.Term, InspectedKind.Unknown, entry.Payload, null, null, isCommitted, path, position);
        }

        if (header.IsBarrier)
        {
            return new(entry.Index, entry.Term, InspectedKind.Barrier, default, null, true, isCommitted, path, position);
        }

        var isAdmitted = _gate.Admit(entry.Index, header.ExpectedVersion);
        return new(
            entry.Index, entry.Term, InspectedKind.Payload, entry.Payload[EntryFrame.HeaderBytes..],
            header.ExpectedVersion == LogVersion.Any ? null : header.ExpectedVersion,
            _isGateKnown ? isAdmitted : null, isCommitted, path, position);
    }
}

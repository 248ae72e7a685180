using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Inspection;

/// <content>Segments and snapshots, in the order in which opening looks at them.</content>
internal sealed partial class LogCheck
{
    private long _endOffset;

    private void CheckSnapshots(IReadOnlyList<string> names)
    {
        foreach (var name in names.Where(n => n.EndsWith(StoredSnapshot.TemporarySuffix, StringComparison.Ordinal)))
        {
            Harmless(PathOf(name), 0, "was being written", "it was never used; opening removes it");
        }

        var snapshots = names.Where(StoredSnapshot.IsFileName).ToArray();
        foreach (var name in snapshots.SkipLast(1))
        {
            Harmless(PathOf(name), 0, "is an older snapshot", "the newer one stands for it; opening removes it");
        }

        if (snapshots.LastOrDefault() is { } newest)
        {
            Guarded(newest, () => CheckSnapshot(newest));
        }
    }

    private void CheckSnapshot(string name)
    {
        using var file = files.Open(PathOf(name));
        if (file.Length > StoredSnapshot.FileBytesMax)
        {
            Refuse(file.Path, StoredSnapshot.FileBytesMax, "is too large for a snapshot", "the state of the entries that it stands for cannot be read");
            return;
        }

        var bytes = new byte[file.Length];
        if (file.Read(bytes, 0) != bytes.Length | !StoredSnapshot.TryRead(bytes, out var snapshot))
        {
            var (offset, problem) = StoredSnapshot.Explain(bytes);
            Refuse(file.Path, offset, problem, "the state of the entries that it stands for cannot be read, and they are no longer all there");
            return;
        }

        if (snapshot.FileName != name)
        {
            Refuse(file.Path, 8, $"says that it is {snapshot.FileName}", "a file was renamed, or files of different members are mixed");
            return;
        }

        var line = new SnapshotLine(name, snapshot.Index, snapshot.Term, snapshot.State.Length);
        _snapshot = (snapshot with { State = default }, line);
        _lines[name] = _lines[name] with { LastIndex = snapshot.Index, LastTerm = snapshot.Term };
    }

    /// <returns>First and last sound entry.</returns>
    private (long First, long Last) CheckSegments(string[] names)
    {
        TermRuns terms = new();
        SegmentScan? first = null, last = null;
        long? next = null;
        for (var i = 0; i < names.Length; i++)
        {
            var isLast = i == names.Length - 1;
            SegmentScan? scan = null;
            Guarded(names[i], () => scan = CheckSegment(names[i], next, isLast, terms));
            if (scan is null)
            {
                continue;
            }

            first ??= scan;
            last = scan;
            next = scan.FirstIndex == 0 ? null : scan.LastIndex + 1;
        }

        if (first is null || last is null)
        {
            return (_lastIndex + 1, _lastIndex);
        }

        if (_snapshot is { } snapshot && _findings.All(f => f.Kind != FindingKind.Refused)
            && (last.LastIndex < SnapshotIndex || (first.FirstIndex <= SnapshotIndex && terms.TermAt(SnapshotIndex) != snapshot.Header.Term)))
        {
            Harmless(PathOf(names[0]), 0, $"the snapshot of entry {SnapshotIndex} was installed in place of {Entries(first.FirstIndex, last.LastIndex)}",
                "opening removes the replaced entries");
            return (SnapshotIndex + 1, SnapshotIndex);
        }

        if (first.FirstIndex > SnapshotIndex + 1)
        {
            Refuse(PathOf(names[0]), 8, $"begins with entry {first.FirstIndex}, and there is no snapshot of those before", "the beginning of the log is lost");
        }

        _terms.Reset(first.FirstIndex - 1, first.PrecedingTerm);
        _terms.AddAll(terms);
        _lastIndex = last.LastIndex;
        return (first.FirstIndex, last.LastIndex);
    }

    /// <returns>Null for a new segment whose head never reached the disk.</returns>
    private SegmentScan? CheckSegment(string name, long? next, bool isLast, TermRuns terms)
    {
        using var file = files.Open(PathOf(name));
        (long First, long Last)? range = null;
        var scan = SegmentScan.Read(file, (entry, position) =>
        {
            terms.Add(entry.Index, entry.Term);
            range = (range?.First ?? entry.Term, entry.Term);
            if (Misread(entry) is { } why)
            {
                Refuse(file.Path, position, $"entry {entry.Index} is whole but cannot be used: {why}", "the daemon stops at this entry rather than skip it",
                    "start the release that wrote it; going back to an older release needs a spool of its own");
            }
        });
        _endOffset = scan.End;
        if (isLast && next is not null && scan.FirstIndex == 0 && file.Length <= Segment.HeadBytes)
        {
            Harmless(file.Path, 0, "is a new segment whose head never reached the disk", "it held nothing; opening removes it");
            return null;
        }

        if (scan.FirstIndex != 0)
        {
            _lines[name] = _lines[name] with { FirstIndex = scan.FirstIndex, LastIndex = scan.LastIndex, FirstTerm = range?.First, LastTerm = range?.Last };
        }

        Judge(file.Path, scan, next, isLast);
        return scan;
    }

    private void Judge(string path, SegmentScan scan, long? next, bool isLast)
    {
        if (scan.Damage.Length > 0)
        {
            Refuse(path, scan.End, scan.Damage, MeaningOfLoss(scan));
        }
        else if (scan.IsTorn && !isLast)
        {
            Refuse(path, scan.End, $"ends in the middle of entry {scan.LastIndex + 1}, though another segment follows", MeaningOfLoss(scan));
        }
        else if (scan.IsTorn && scan.LastIndex >= FlushedIndex)
        {
            Harmless(path, scan.End, $"a write behind entry {scan.LastIndex} was cut short", "it was never acknowledged; opening cuts it off");
        }

        if (next is not null && scan.FirstIndex != 0 && scan.FirstIndex != next)
        {
            Refuse(path, 8, $"begins with entry {scan.FirstIndex}, but entry {next} should follow", "entries between are lost, or files of different members are mixed");
        }
    }

    private string MeaningOfLoss(SegmentScan scan) => scan.FirstIndex == 0
        ? "none of its entries can be read"
        : scan.LastIndex + 1 <= FlushedIndex
            ? $"entry {scan.LastIndex + 1} had been acknowledged: it may have been committed by this member's word; opening refuses"
            : $"entry {scan.LastIndex + 1} is behind the mark ({FlushedIndex}), which may lag after a loss of power: it may have been acknowledged; opening refuses";
}

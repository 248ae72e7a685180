using Microsoft.Extensions.Logging;

namespace Drcm.Consensus.Storage;

internal sealed partial class EntryStore
{
    private const int CopyBytes = 1024 * 1024;

    private void Load()
    {
        var names = _files.List(_options.Directory);
        foreach (var name in names.Where(n => n.EndsWith(StoredSnapshot.TemporarySuffix, StringComparison.Ordinal)))
        {
            _files.Delete(PathOf(name));
        }

        var segments = names.Select(n => (Name: n, First: Segment.FirstIndexOf(n))).Where(n => n.First is not null).ToList();
        LoadSnapshot(names);
        RefuseHalf(segments.Count > 0 || _snapshot is not null);
        _terms.Reset(_snapshot?.Index ?? 0, _snapshot?.Term ?? 0);
        (_lastIndex, _commitIndex) = (_snapshot?.Index ?? 0, _snapshot?.Index ?? 0);
        if (segments.Count > 0)
        {
            LoadSegments([.. segments.Select(s => s.Name)]);
        }

        if (_segments.Count == 0)
        {
            Begin();
        }

        Require(_lastIndex >= _mark.FlushedIndex && (_mark.FlushedIndex <= (_snapshot?.Index ?? 0) || _terms.TermAt(_mark.FlushedIndex) == _mark.FlushedTerm),
            _segments[^1].File.Path, $"ends at entry {_lastIndex}, but entries up to {_mark.FlushedIndex} of term {_mark.FlushedTerm} had been acknowledged");
        WriteAgainFrom(_mark.FlushedIndex + 1);
        _vote.Save(_vote.Term, _vote.VotedFor);
        _flushedIndex = _lastIndex;
        _commitIndex = Math.Max(_commitIndex, Math.Min(_mark.CommitIndex, _lastIndex));
        _mark.Save(_lastIndex, _terms.TermAt(_lastIndex), _commitIndex, isFlushed: true);
    }

    /// <summary>What was read behind the mark may be in the kernel's memory alone: behind a flush that failed the kernel holds such pages for clean, and the next flush leaves
    /// them out (fsync(2); Rebello et al., "Can Applications Recover from fsync Failures?", 2020). Written again, it is on the disk, or the flush says so.</summary>
    private void WriteAgainFrom(long index)
    {
        var chunk = new byte[CopyBytes];
        foreach (var segment in _segments.Where(s => s.LastIndex >= index || s.FirstIndex >= index))
        {
            for (var position = segment.FirstIndex >= index ? 0 : segment.PositionOf(index); position < segment.End;)
            {
                var part = chunk.AsSpan(0, Math.Min(CopyBytes, segment.End - position));
                Require(segment.File.Read(part, position) == part.Length, segment.File.Path, $"cannot be read at offset {position}");
                segment.File.Write(part, position);
                position += part.Length;
            }

            segment.File.Flush();
        }

        _files.FlushDirectory(_options.Directory);
    }

    /// <summary>A new store makes vote, mark and segment in this order: a later one without an earlier one has lost it.</summary>
    private void RefuseHalf(bool hasEntries)
    {
        Require(!_vote.IsNew || (_mark.IsNew && !hasEntries), PathOf(VoteFile.Name), "is missing, and with it whom this member voted for");
        Require(!_mark.IsNew || !hasEntries, PathOf(MarkFile.Name), "is missing, and with it how far entries had been acknowledged");
        if (_vote.IsNew)
        {
            _vote.Save(0, null);
            _files.FlushDirectory(_options.Directory);
        }

        if (_mark.IsNew)
        {
            _mark.Save(0, 0, 0, isFlushed: true);
            _files.FlushDirectory(_options.Directory);
        }
    }

    private void Begin() => Roll(_lastIndex + 1);

    private void LoadSnapshot(IReadOnlyList<string> names)
    {
        var name = names.LastOrDefault(StoredSnapshot.IsFileName);
        if (name is null)
        {
            return;
        }

        using var file = _files.Open(PathOf(name));
        Require(file.Length <= StoredSnapshot.FileBytesMax, file.Path, "is too large for a snapshot");
        var bytes = new byte[file.Length];
        var isSound = file.Read(bytes, 0) == bytes.Length & StoredSnapshot.TryRead(bytes, out var snapshot);
        Require(isSound && snapshot.FileName == name, file.Path, "is damaged");
        _snapshot = snapshot;
        _lists.Reset(snapshot.Index, snapshot.MemberList);
        foreach (var older in names.Where(n => StoredSnapshot.IsFileName(n) && n != name))
        {
            _files.Delete(PathOf(older));
        }
    }

    private void LoadSegments(IReadOnlyList<string> names)
    {
        var scans = new List<SegmentScan>();
        TermRuns terms = new();
        StoredLists lists = new();
        long? next = null;
        for (var i = 0; i < names.Count; i++)
        {
            var file = _files.Open(PathOf(names[i]));
            var isLast = i == names.Count - 1;
            var scan = SegmentScan.Read(file, (entry, _) =>
            {
                terms.Add(entry.Index, entry.Term);
                if (entry.Kind == EntryKind.Configuration)
                {
                    lists.Add(entry.Index, entry.Payload.ToArray());
                }
            });
            if (isLast && next is not null && scan.FirstIndex != next && file.Length <= Segment.HeadBytes)
            {
                // A new segment that never was used, whether its head reached the disk or not.
                file.Dispose();
                _files.Delete(PathOf(names[i]));
                break;
            }

            _segments.Add(Segment.Opened(file, scan.FirstIndex, scan.PrecedingTerm, scan.Positions, scan.End));
            scans.Add(scan);
            Require(scan.Damage.Length == 0, file.Path, $"{scan.Damage}; nothing from entry {scan.LastIndex + 1} on can be trusted");
            Require(isLast || !scan.IsTorn, file.Path, $"ends in the middle of entry {scan.LastIndex + 1}, though another segment follows");
            Require(next is null || scan.FirstIndex == next, file.Path, $"begins with entry {scan.FirstIndex}, but entry {next} should follow");
            next = scan.LastIndex + 1;
        }

        var (first, last) = (scans[0].FirstIndex, scans[^1].LastIndex);
        if (_snapshot is { } snapshot && (last < snapshot.Index || (first <= snapshot.Index && terms.TermAt(snapshot.Index) != snapshot.Term)))
        {
            // The leader's snapshot was installed; the entries that it replaced were not yet removed.
            RemoveSegments();
            return;
        }

        var covered = _snapshot?.Index ?? 0;
        Require(first <= covered + 1, _segments[0].File.Path, $"begins with entry {first}, and there is no snapshot of those before");
        _terms.Reset(first - 1, scans[0].PrecedingTerm);
        _terms.AddAll(terms);
        _lists.AddAll(lists);
        _lastIndex = last;
        CutTorn(_segments[^1], scans[^1]);
    }

    /// <summary>What never was acknowledged is cut off, and the zeros behind it with it.</summary>
    private void CutTorn(Segment segment, SegmentScan scan)
    {
        if (scan.IsTorn)
        {
            LogTorn(_logger, segment.File.Path, scan.End, scan.LastIndex);
        }

        if (scan.IsTorn || segment.File.Length != scan.End)
        {
            segment.File.SetLength(scan.End);
            segment.File.Flush();
        }
    }

    private void RemoveSegments()
    {
        while (_segments.Count > 0)
        {
            _files.Delete(_segments[^1].File.Path);
            lock (_sync)
            {
                _segments[^1].Dispose();
                _segments.RemoveAt(_segments.Count - 1);
            }
        }

        _files.FlushDirectory(_options.Directory);
    }

    private static void Require(bool condition, string path, string problem)
    {
        if (!condition)
        {
            throw new LogDamagedException($"{path}: {problem}; {Remedies.CopyFromOthers}");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path}: a write was cut short at offset {Offset}, behind entry {Index}; it was never acknowledged and is cut off")]
    private static partial void LogTorn(ILogger logger, string path, int offset, long index);
}

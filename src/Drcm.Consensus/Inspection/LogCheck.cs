using System.Buffers;
using System.Collections.Immutable;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Entries;
using Drcm.Consensus.Membership;
using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Inspection;

/// <summary>Reads every file of a log and says what <see cref="EntryStore.Open"/> would make of it. Where opening stops at the first damage, this goes
/// on, so that a person sees the whole of it. One run for each instance.</summary>
internal sealed partial class LogCheck(string directory, IStoreFiles files, Func<ReadOnlyMemory<byte>, string?>? misread)
{
    private readonly ImmutableArray<LogFinding>.Builder _findings = ImmutableArray.CreateBuilder<LogFinding>();
    private readonly SortedDictionary<string, LogFileLine> _lines = new(StringComparer.Ordinal);
    private readonly TermRuns _terms = new();
    private VoteFile? _vote;
    private MarkFile? _mark;
    private (StoredSnapshot Header, SnapshotLine Line)? _snapshot;
    private long _lastIndex;

    private long SnapshotIndex => _snapshot?.Header.Index ?? 0;

    private long FlushedIndex => _mark?.FlushedIndex ?? 0;

    public LogReport Run()
    {
        var names = files.List(directory);
        foreach (var name in names)
        {
            Guarded(name, () => Describe(name));
        }

        Guarded(LogDirectory.FormatFile, CheckFormat);
        _vote = ReadSmall(VoteFile.Name, file => new VoteFile(file));
        _mark = ReadSmall(MarkFile.Name, file => new MarkFile(file));
        Guarded(MembersFile.Name, CheckMembers);
        CheckSnapshots(names);
        var segments = names.Where(n => Segment.FirstIndexOf(n) is not null).ToArray();
        CheckHalf(segments.Length > 0 || _snapshot is not null || names.Any(StoredSnapshot.IsFileName));
        _terms.Reset(SnapshotIndex, _snapshot?.Header.Term ?? 0);
        _lastIndex = SnapshotIndex;
        var (first, last) = CheckSegments(segments);
        CheckMark(segments);
        return new()
        {
            Directory = directory,
            Files = [.. _lines.Values.Select(l => l with { IsRefused = IsRefused(l.Name) })],
            Findings = _findings.ToImmutable(),
            Term = _vote?.Term ?? 0,
            VotedFor = [.. _vote?.VotedFor ?? []],
            FirstIndex = first,
            LastIndex = last,
            FlushedIndex = FlushedIndex,
            CommitIndex = Math.Max(SnapshotIndex, Math.Min(_mark?.CommitIndex ?? 0, _lastIndex)),
            Snapshot = _snapshot?.Line,
        };
    }

    private bool IsRefused(string name) => _findings.Any(f => f.Kind == FindingKind.Refused && f.File == PathOf(name));

    private void Describe(string name)
    {
        using var file = files.Open(PathOf(name));
        _lines[name] = new(name, WhatIs(name), file.Length, null, null, null, null, false);
    }

    private static string WhatIs(string name) => name switch
    {
        VoteFile.Name => "term and vote",
        MembersFile.Name => "members at the beginning",
        MetMembers.FileName => "members met",
        MarkFile.Name => "how far flushed and committed",
        LogDirectory.FormatFile => "format of the log",
        _ when Segment.FirstIndexOf(name) is not null => "entries",
        _ when StoredSnapshot.IsFileName(name) => "snapshot",
        _ when name.EndsWith(StoredSnapshot.TemporarySuffix, StringComparison.Ordinal) => "unfinished file",
        _ => "not part of the entries",
    };

    private void CheckFormat()
    {
        using var file = files.Open(PathOf(LogDirectory.FormatFile));
        var bytes = new byte[LogDirectory.FormatBytesMax];
        var found = System.Text.Encoding.UTF8.GetString(bytes, 0, file.Read(bytes, 0));
        if (!files.Exists(file.Path))
        {
            Harmless(file.Path, 0, "is missing", "opening takes the log for one of this release and writes it");
        }
        else if (found != LogDirectory.Format)
        {
            Refuse(file.Path, 0, $"says '{found.Trim()}', this release reads '{LogDirectory.Format.Trim()}'", "the log may be whole, but this release cannot read it",
                "start the release that wrote it, or move the spool directory away: the node then joins anew and copies the log from the others");
        }
    }

    private void CheckMembers()
    {
        const string meaning = "this member cannot know any more with whom it began, and who counts";
        try
        {
            _ = MembersFile.Read(files, directory);
        }
        catch (LogDamagedException)
        {
            Refuse(PathOf(MembersFile.Name), 0, "is damaged", meaning);
        }
    }

    /// <summary>Vote or mark; null when it is damaged. A missing one reads as new.</summary>
    private T? ReadSmall<T>(string name, Func<IStoreFile, T> read)
        where T : class, IDisposable
    {
        T? result = null;
        Guarded(name, () =>
        {
            var file = files.Open(PathOf(name));
            try
            {
                result = read(file);
                result.Dispose();
            }
            catch (LogDamagedException)
            {
                var (offset, problem) = SmallRecord.Explain(file);
                file.Dispose();
                Refuse(PathOf(name), offset, problem, name == VoteFile.Name
                    ? "this member cannot know any more whom it voted for, and could vote twice in one term"
                    : "this member cannot know any more how far its entries had been acknowledged");
            }
        });
        return result;
    }

    private void CheckHalf(bool hasEntries)
    {
        var isVoteGone = _vote is { IsNew: true };
        var isMarkGone = _mark is { IsNew: true };
        if (isVoteGone && (!isMarkGone || hasEntries))
        {
            Refuse(PathOf(VoteFile.Name), 0, "is missing or empty", "this member cannot know any more whom it voted for, and could vote twice in one term");
        }

        if (isMarkGone && hasEntries)
        {
            Refuse(PathOf(MarkFile.Name), 0, "is missing or empty", "this member cannot know any more how far its entries had been acknowledged");
        }
    }

    private void CheckMark(string[] segments)
    {
        if (_mark is not { IsNew: false } || _findings.Any(f => f.Kind == FindingKind.Refused))
        {
            // Nothing can be said about the end of entries that are not all there.
            return;
        }

        var path = segments.Length > 0 ? PathOf(segments[^1]) : PathOf(Segment.FileName(_lastIndex + 1));
        if (_lastIndex < _mark.FlushedIndex)
        {
            Refuse(path, _endOffset, $"the log ends with entry {_lastIndex}, but entries up to {_mark.FlushedIndex} had been acknowledged",
                $"{Entries(_lastIndex + 1, _mark.FlushedIndex)} may have been committed by this member's word, and is not there any more");
        }
        else if (_mark.FlushedIndex > SnapshotIndex && _terms.TermAt(_mark.FlushedIndex) is var term && term != _mark.FlushedTerm)
        {
            Refuse(path, 0, $"entry {_mark.FlushedIndex} is of term {term}, but one of term {_mark.FlushedTerm} had been acknowledged",
                "files of different times, or of different members, are mixed");
        }
    }

    /// <summary>An error of the device is a finding about its file, not the end of the check.</summary>
    private void Guarded(string name, Action check)
    {
        try
        {
            check();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Refuse(PathOf(name), 0, $"cannot be read: {e.Message}", "what it holds is not known", "see to the disk and to the file's owner and mode, then verify again");
        }
    }

    private string? Misread(in StoredEntry entry)
    {
        if (misread is null || entry.Kind == EntryKind.Configuration || entry.Payload.IsEmpty)
        {
            return null;
        }

        return !EntryFrame.TryRead(new ReadOnlySequence<byte>(entry.Payload), out var header)
            ? $"its frame begins with {entry.Payload.Span[0]}, which this release does not know"
            : header.IsBarrier ? null : misread(entry.Payload[EntryFrame.HeaderBytes..]);
    }

    private void Harmless(string path, long offset, string problem, string meaning) =>
        _findings.Add(new(FindingKind.Harmless, path, offset, problem, meaning, ""));

    private void Refuse(string path, long offset, string problem, string meaning, string remedy = Remedies.CopyFromOthers) =>
        _findings.Add(new(FindingKind.Refused, path, offset, problem, meaning, remedy));

    private string PathOf(string name) => Path.Combine(directory, name);

    private static string Entries(long from, long to) => from == to ? $"entry {from}" : $"each of the entries {from} to {to}";
}

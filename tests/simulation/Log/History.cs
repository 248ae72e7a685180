using System.Collections.Concurrent;
using System.Globalization;
using Drcm.Consensus;

namespace Drcm.Simulation.Log;

/// <summary>What was asked, answered and seen in one run, and what must hold of it. Violations are noted as they show; the rest is checked at the end.</summary>
internal sealed class History
{
    private const int NotesMax = 4000;
    private readonly long _start = System.Diagnostics.Stopwatch.GetTimestamp();
    private readonly Lock _sync = new();
    private readonly List<string> _notes = [];
    private readonly Dictionary<long, string> _leaders = [];
    private readonly Dictionary<long, Seen> _entries = [];
    private readonly ConcurrentDictionary<string, Append> _appends = new(StringComparer.Ordinal);
    private readonly List<string> _violations = [];
    private long _acknowledged;

    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (_sync)
            {
                return [.. _violations];
            }
        }
    }

    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_sync)
            {
                return [.. _notes];
            }
        }
    }

    public int Acknowledged => _appends.Values.Count(a => a.Outcome is { Status: AppendStatus.Committed });

    public int Terms
    {
        get
        {
            lock (_sync)
            {
                return _leaders.Count;
            }
        }
    }

    /// <summary>Highest index of which a commit was acknowledged before this was asked.</summary>
    public long AcknowledgedIndex => Volatile.Read(ref _acknowledged);

    public void Note(string what)
    {
        lock (_sync)
        {
            if (_notes.Count < NotesMax)
            {
                _notes.Add(string.Create(CultureInfo.InvariantCulture, $"{System.Diagnostics.Stopwatch.GetElapsedTime(_start).TotalMilliseconds,7:0.0} {what}"));
            }
        }
    }

    public void Violate(string what)
    {
        Note($"VIOLATION: {what}");
        lock (_sync)
        {
            _violations.Add(what);
        }
    }

    /// <summary>Election safety (Raft, figure 3): at most one leader in a term.</summary>
    public void Leads(string member, long term)
    {
        Note($"{member} leads in term {term}");
        lock (_sync)
        {
            if (_leaders.TryGetValue(term, out var other) && other != member)
            {
                _violations.Add($"two leaders in term {term}: {other} and {member}");
            }

            _leaders[term] = member;
        }
    }

    public void Ask(string payload, long expectedVersion) => _appends[payload] = new(expectedVersion, null);

    public void Answer(string payload, AppendOutcome outcome)
    {
        _appends[payload] = _appends[payload] with { Outcome = outcome };
        if (outcome.Status == AppendStatus.Committed)
        {
            long known;
            while ((known = AcknowledgedIndex) < outcome.Index && Interlocked.CompareExchange(ref _acknowledged, outcome.Index, known) != known)
            {
            }
        }
    }

    /// <summary>Log matching and one order: at an index every member sees the same entry, and the same one before it.</summary>
    /// <param name="before">Index of the entry that the member saw just before; 0: none.</param>
    public void See(string member, long before, long index, string payload)
    {
        lock (_sync)
        {
            if (index <= before)
            {
                _violations.Add($"{member} saw entry {index} behind entry {before}");
            }

            if (_entries.TryGetValue(index, out var seen))
            {
                if (seen.Payload != payload || seen.Before != before)
                {
                    _violations.Add($"{member} saw '{payload}' at {index} behind {before}, {seen.Member} saw '{seen.Payload}' behind {seen.Before}");
                }
            }
            else
            {
                _entries[index] = new(payload, before, member);
            }
        }
    }

    /// <summary>When all members have seen everything.</summary>
    public void CheckAtTheEnd()
    {
        var places = _entries.OrderBy(e => e.Key).ToLookup(e => e.Value.Payload, e => (Index: e.Key, e.Value.Before));
        foreach (var (payload, append) in _appends)
        {
            var found = places[payload].ToList();
            if (found.Count > 1)
            {
                Violate($"'{payload}' took effect {found.Count} times");
            }

            switch (append.Outcome)
            {
                case { Status: AppendStatus.Committed } committed when found.Count == 0 || found[0].Index != committed.Index:
                    Violate($"'{payload}' was acknowledged at {committed.Index}, but is {(found.Count == 0 ? "lost" : $"at {found[0].Index}")}");
                    break;
                case { Status: AppendStatus.Stale or AppendStatus.Rejected } refused when found.Count > 0:
                    Violate($"'{payload}' was refused ({refused.Status}), but took effect at {found[0].Index}");
                    break;
                default:
                    break;
            }

            if (append.ExpectedVersion != LogVersion.Any && found.Count > 0 && found[0].Before != append.ExpectedVersion)
            {
                Violate($"'{payload}' was decided on version {append.ExpectedVersion}, but took effect behind {found[0].Before}");
            }
        }
    }

    private sealed record Append(long ExpectedVersion, AppendOutcome? Outcome);

    private sealed record Seen(string Payload, long Before, string Member);
}

using Drcm.Consensus.Entries;

namespace Drcm.Consensus.Engines.InMemory;

/// <summary>The members' shared log, in one process, for tests and simulation. Nothing happens by itself: there are no timers and no randomness,
/// every change of leader, loss and delay is a method call. Thread-safe.</summary>
public sealed partial class InMemoryCluster
{
    private readonly Lock _sync = new();
    private readonly Dictionary<string, InMemoryLog> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _isolated = new(StringComparer.Ordinal);
    private readonly HashSet<string> _lagging = new(StringComparer.Ordinal);
    private readonly List<CommittedEntry> _entries = [];
    private readonly Queue<AppendFault> _faults = new();
    private readonly List<(long ExpectedVersion, ReadOnlyMemory<byte> Payload)> _held = [];
    private readonly VersionGate _gate = new();
    private CommittedEntry? _snapshot;
    private long _lastIndex;
    private long _term;
    private string? _leader;

    public InMemoryCluster(params IEnumerable<string> members)
    {
        foreach (var name in members)
        {
            _members.Add(name, new(this, name));
        }

        _voters.Add((0, [.. _members.Keys.Order(StringComparer.Ordinal).Select(Voter)]));
    }

    /// <summary>The running log of a member.</summary>
    public InMemoryLog Member(string name)
    {
        lock (_sync)
        {
            return _members[name];
        }
    }

    /// <summary>A fresh, unstarted log of a member after a stop or crash; what was committed is still there.</summary>
    public async Task<InMemoryLog> RestartAsync(string name)
    {
        await Member(name).DisposeAsync();
        lock (_sync)
        {
            return _members[name] = new(this, name);
        }
    }

    /// <summary>Makes a member leader of a new term.</summary>
    public void Elect(string name)
    {
        lock (_sync)
        {
            _ = _members[name];
            if (!IsVoter(name, _lastIndex))
            {
                throw new InvalidOperationException($"{name} is no member");
            }

            _term++;
            _lastIndex++;
            _leader = name;
            Announce();
            Deliver();
        }
    }

    /// <summary>From now on there is no leader.</summary>
    public void LoseLeader()
    {
        lock (_sync)
        {
            _leader = null;
            Announce();
        }
    }

    /// <summary>Decides the fate of the next append that nothing else refuses; several queue up.</summary>
    public void FailNextAppend(AppendFault fault)
    {
        lock (_sync)
        {
            _faults.Enqueue(fault);
        }
    }

    /// <summary>Commits the held appends, in order; each still takes effect only if its expected version stands.</summary>
    public void CommitHeld()
    {
        lock (_sync)
        {
            foreach (var (expectedVersion, payload) in _held)
            {
                Commit(expectedVersion, payload);
            }

            _held.Clear();
        }
    }

    /// <summary>The held appends never commit.</summary>
    public void DropHeld()
    {
        lock (_sync)
        {
            _held.Clear();
        }
    }

    /// <summary>The member's readers get nothing new until <see cref="CatchUp"/>.</summary>
    public void Lag(string name)
    {
        lock (_sync)
        {
            _lagging.Add(name);
        }
    }

    public void CatchUp(string name)
    {
        lock (_sync)
        {
            _lagging.Remove(name);
            Deliver();
        }
    }

    /// <summary>Cuts a member off: it learns nothing, not even that it has been deposed; what it appends is lost.</summary>
    public void Isolate(string name)
    {
        lock (_sync)
        {
            _isolated.Add(name);
        }
    }

    public void Rejoin(string name)
    {
        lock (_sync)
        {
            _isolated.Remove(name);
            Announce();
            Deliver();
        }
    }

    internal void Join(InMemoryLog member)
    {
        lock (_sync)
        {
            Announce();
            Deliver();
        }
    }

    internal void Resign(string name)
    {
        lock (_sync)
        {
            if (_leader == name && !_isolated.Contains(name))
            {
                LoseLeader();
            }
        }
    }

    /// <summary>Index that a barrier placed now must wait for; null while the member cannot reach a leader.</summary>
    internal long? BarrierIndex(string name)
    {
        lock (_sync)
        {
            return _leader is null || _isolated.Contains(name) ? null : _lastIndex;
        }
    }

    internal AppendOutcome Append(string name, long expectedVersion, ReadOnlyMemory<byte> payload)
    {
        lock (_sync)
        {
            if (_isolated.Contains(name) || _leader != name)
            {
                return new(AppendStatus.Unknown, 0, "leadership was lost before its commit was known");
            }

            if (_faults.TryDequeue(out var fault))
            {
                return Fail(fault, expectedVersion, payload);
            }

            return Commit(expectedVersion, payload) is { } index
                ? new(AppendStatus.Committed, index, "")
                : new(AppendStatus.Stale, _gate.Version, $"decided on version {expectedVersion}, but version {_gate.Version} came first");
        }
    }

    /// <summary>As on one shared disk: what one member compacts is gone for all that may see the snapshot.</summary>
    internal void Compact(long index, ReadOnlyMemory<byte> state)
    {
        lock (_sync)
        {
            var entry = _entries.Find(e => e.Index == index);
            if (entry.Index != index || index == 0)
            {
                throw new ArgumentException($"{index} is not the index of an effective entry", nameof(index));
            }

            _snapshot = new(index, entry.Term, state, IsSnapshot: true);
        }
    }

    /// <summary>The first entry behind an index that the member may see.</summary>
    internal CommittedEntry? Next(long afterIndex, long visibleIndex)
    {
        lock (_sync)
        {
            if (_snapshot is { } snapshot && afterIndex < snapshot.Index && snapshot.Index <= visibleIndex)
            {
                return snapshot;
            }

            var (low, high) = (0, _entries.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = _entries[middle].Index > afterIndex ? (low, middle) : (middle + 1, high);
            }

            return low < _entries.Count && _entries[low].Index <= visibleIndex ? _entries[low] : null;
        }
    }

    private AppendOutcome Fail(AppendFault fault, long expectedVersion, ReadOnlyMemory<byte> payload)
    {
        switch (fault)
        {
            case AppendFault.Reject:
                return new(AppendStatus.Rejected, 0, "rejected on demand");
            case AppendFault.Hold:
                _held.Add((expectedVersion, payload));
                return new(AppendStatus.Unknown, 0, "held on demand");
            default:
                return new(AppendStatus.Unknown, 0, "lost on demand");
        }
    }

    private long? Commit(long expectedVersion, ReadOnlyMemory<byte> payload)
    {
        var index = ++_lastIndex;
        var isEffective = _gate.Admit(index, expectedVersion);
        if (isEffective)
        {
            _entries.Add(new(index, _term, payload));
        }

        Deliver();
        return isEffective ? index : null;
    }

    private void Announce()
    {
        foreach (var (name, member) in _members)
        {
            if (!_isolated.Contains(name))
            {
                member.Hear(new(_term, _leader, _leader == name));
            }
        }
    }

    private void Deliver()
    {
        foreach (var (name, member) in _members)
        {
            if (!_isolated.Contains(name) && !_lagging.Contains(name))
            {
                member.See(_lastIndex);
            }
        }
    }
}

using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Nodes;

/// <content>The leader's part: look, decide, append; one proposal at a time.</content>
public sealed partial class NodeCore
{
    /// <summary>Failure counts are forgotten after this long without a new failure (DESIGN 4).</summary>
    private static readonly TimeSpan FailureExpiry = TimeSpan.FromMinutes(10);

    /// <summary>A proposal whose fate is unknown is decided again after this long; the expected version keeps it from taking effect twice.</summary>
    private static readonly TimeSpan ProposalPatience = TimeSpan.FromSeconds(1);

    /// <summary>Between a proposal without effect and the next decision: long enough not to spin on an engine that refuses.</summary>
    private static readonly TimeSpan ProposalPause = TimeSpan.FromMilliseconds(20);

    private readonly SortedDictionary<NodeId, TimeSpan> _upSince = [];
    private readonly SortedDictionary<(SlotId Slot, NodeId Node), (int Count, TimeSpan Since)> _failuresSince = [];
    private readonly SortedDictionary<(SlotId Slot, LogIndex Token), TimeSpan> _releasingSince = [];
    private SortedSet<string> _refusalsNoted = new(StringComparer.Ordinal);
    private readonly SortedDictionary<NodeId, KeepAlive.NodeReport> _newestReports = [];
    private TimeSpan? _leadingSince;
    private TimeSpan? _waitsUntil;
    private LogIndex _decidedAfter = LogIndex.None;
    private bool _isViewDirty = true;

    /// <summary>This node leads the log, and its projection is complete.</summary>
    public bool IsLeading => _leadingSince is not null;

    /// <summary>Leadership came or went. It comes only after everything committed before has been handed in through <see cref="Committed"/>.</summary>
    /// <param name="leader">Who leads now, as far as known: it is told what this node reports, whether it votes or not.</param>
    public void LeadershipChanged(TimeSpan now, bool isLeading, NodeId? leader = null)
    {
        _lease.LeaderHint = leader;
        if (isLeading == IsLeading) return;
        _leadingSince = isLeading ? now : null;
        _waitsUntil = null;
        _decidedAfter = LogIndex.None;
        _isViewDirty = true;
        _upSince.Clear();
        _failuresSince.Clear();
        _releasingSince.Clear();
        _fencingNeededSince.Clear();
        _fenceTries.Clear();
        _refusalsNoted.Clear();
        if (isLeading)
        {
            NoteUp(now);
            NoteReleases(now);
            NoteFencing(now);
        }
        if (!isLeading) TurnAwayCommands();
        Settle(now);
    }

    /// <summary>What came of the newest <see cref="INodeEffects.Propose"/>.</summary>
    /// <param name="fate">After anything but <see cref="ProposalFate.Committed"/> the next decision finds out.</param>
    public void ProposalEnded(TimeSpan now, ProposalFate fate, LogIndex index)
    {
        var isCommitted = fate == ProposalFate.Committed;
        if (isCommitted) _decidedAfter = index;
        else if (IsLeading) _waitsUntil = now + ProposalPause;
        if (isCommitted && State.Version >= index) _waitsUntil = null;
        EndCommand(fate, index);
        _isViewDirty = true;
        Settle(now);
    }

    private void ProjectLeading(TimeSpan now)
    {
        _isViewDirty = true;
        if (!IsLeading) return;
        if (State.Version >= _decidedAfter && _decidedAfter > LogIndex.None) _waitsUntil = null;
        NoteUp(now);
        NoteFailures(now);
        NoteReleases(now);
        NoteFencing(now);
    }

    private void Lead(TimeSpan now)
    {
        if (_leadingSince is null || !_isViewDirty) return;
        if (now < _waitsUntil) return;
        _waitsUntil = null;
        _isViewDirty = false;
        if (TakeCommand(now)) return;
        if (ProposeConfiguration(now) || State.Definition is null) return;
        var decision = _options.DecisionRules.Decide(State, new Observe(View(now)));
        if (Propose(now, decision, $"node:{_options.Self}")) return;
        TakeLogStep(now, decision.LogStep);
        TakeFenceStep(now, decision.FenceStep);
    }

    private bool Propose(TimeSpan now, Decision decision, string actor)
    {
        NoteRefusals(decision.Refusals);
        if (decision.Events.IsEmpty) return false;
        _waitsUntil = now + ProposalPatience;
        _decidedAfter = LogIndex.None;
        _effects.Propose(State.Version, decision.Events, actor);
        return true;
    }

    /// <summary>Each is said when it begins to hold, and again only after it has ceased to.</summary>
    private void NoteRefusals(ImmutableArray<string> refusals)
    {
        foreach (var refusal in refusals)
        {
            if (!_refusalsNoted.Contains(refusal)) _effects.Note(refusal);
        }
        _refusalsNoted = new SortedSet<string>(refusals, StringComparer.Ordinal);
    }

    private LeaderView View(TimeSpan now)
    {
        var heard = _lease.HeardReports(now);
        return new LeaderView
        {
            Reports = heard,
            Self = _options.Self,
            KnowsSolo = _options.Solo is not null,
            LogMembers = _logMembers,
            LeadingFor = now - _leadingSince!.Value,
            UpFor = _upSince.ToImmutableSortedDictionary(p => p.Key, p => now - p.Value),
            ReleasingFor = _releasingSince.ToImmutableSortedDictionary(p => p.Key.Slot, p => now - p.Value),
            FencingNeededFor = _fencingNeededSince.ToImmutableSortedDictionary(p => p.Key, p => now - p.Value),
            FenceTries = FenceTriesAt(now),
            FencedLastHour = FencedLastHour(now),
            ExpiredFailures = [.. _failuresSince.Where(p => now - p.Value.Since >= FailureExpiry).Select(p => p.Key)],
        };
    }

    private void NoteUp(TimeSpan now)
    {
        foreach (var node in State.Nodes.Values)
        {
            if (node.Status == NodeStatus.Up) _upSince.TryAdd(node.Id, now);
            else _upSince.Remove(node.Id);
        }
    }

    private void NoteFailures(TimeSpan now)
    {
        foreach (var slot in State.Slots.Values)
        {
            foreach (var (node, count) in slot.Failures)
            {
                if (_failuresSince.TryGetValue((slot.Id, node), out var seen) && seen.Count == count) continue;
                _failuresSince[(slot.Id, node)] = (count, now);
            }
        }
        foreach (var key in _failuresSince.Keys.ToArray())
        {
            if (!State.Slots.TryGetValue(key.Slot, out var slot) || !slot.Failures.ContainsKey(key.Node)) _failuresSince.Remove(key);
        }
    }

    /// <summary>Counted from when this leader saw it first, which is never before <c>node.down</c>.</summary>
    private void NoteReleases(TimeSpan now)
    {
        foreach (var slot in State.Slots.Values)
        {
            if (slot.Phase == SlotPhase.Releasing) _releasingSince.TryAdd((slot.Id, slot.Token), now);
        }
        foreach (var key in _releasingSince.Keys.ToArray())
        {
            if (!State.Slots.TryGetValue(key.Slot, out var slot) || slot.Phase != SlotPhase.Releasing || slot.Token != key.Token) _releasingSince.Remove(key);
        }
    }

    /// <summary>The report says something that the newest one from that node did not: worth a decision before the next tick.</summary>
    private bool IsNews(KeepAlive.NodeReport report)
    {
        if (_newestReports.TryGetValue(report.Node, out var known)
            && known.Expiries.AsSpan().SequenceEqual(report.Expiries.AsSpan())
            && NodeReports.AreEqual(known with { Applied = report.Applied }, report)) return false;
        if (_newestReports.Count < Limits.NodesMax || _newestReports.ContainsKey(report.Node)) _newestReports[report.Node] = report;
        return true;
    }

    private TimeSpan NextLeaderWake() => IsLeading && _waitsUntil is { } until ? until : TimeSpan.MaxValue;
}

using System.Collections.Immutable;
using Drcm.StateMachine.Decisions;

namespace Drcm.StateMachine.Nodes;

/// <content>The leader's fencing: one node at a time, by the agent that its configuration names. What came of it is told by the log alone: a new leader
/// that does not find <c>node.fenced</c> there begins anew.</content>
public sealed partial class NodeCore
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly SortedDictionary<NodeId, TimeSpan> _fencingNeededSince = [];
    private readonly SortedDictionary<NodeId, (int Failed, TimeSpan At)> _fenceTries = [];
    private readonly Queue<TimeSpan> _fencedAt = new();
    private FenceStep? _fencing;

    /// <summary>What came of the newest <see cref="INodeEffects.Fence"/>.</summary>
    /// <param name="whyNot">Empty: the agent says that it was done.</param>
    public void FenceEnded(TimeSpan now, string whyNot)
    {
        if (_fencing is not { } step) return;
        _fencing = null;
        _isViewDirty = true;
        if (whyNot.Length == 0) whyNot = WhyNotBelieved(now, step);
        if (whyNot.Length > 0)
        {
            _fenceTries[step.Node] = (_fenceTries.GetValueOrDefault(step.Node).Failed + 1, now);
            _effects.Note($"fencing {step.Node} with {step.Agent.Agent} failed: {whyNot}; it is tried again");
        }
        else
        {
            _fenceTries.Remove(step.Node);
            _effects.Note($"{step.Node} was fenced with {step.Agent.Agent}");
            if (IsLeading) _commands.AddLast(new WaitingCommand(OwnCommand, $"node:{_options.Self}", new ConfirmFenced(step.Node, step.Agent.Agent), 1));
        }
        Settle(now);
    }

    /// <summary>An agent may err or lie: a node whose keep-alives still come has not been fenced.</summary>
    private string WhyNotBelieved(TimeSpan now, FenceStep step)
    {
        if (State.Definition is not { } definition || _lease.HeardAt(step.Node) is not { } heardAt) return "";
        var silence = now - heardAt;
        return silence < definition.Timing.KeepAliveInterval * 2 && !step.Agent.Reboots
            ? $"the agent reports success, but {step.Node} was heard {silence.TotalMilliseconds:0} ms ago; correct its fence line"
            : "";
    }

    /// <summary>Only with a lease: without one there may be another leader, and the node may be back in its log.</summary>
    private void TakeFenceStep(TimeSpan now, FenceStep? step)
    {
        if (step is null || _fencing is not null || !MayStart(now)) return;
        _fencing = step;
        _fencedAt.Enqueue(now);
        _effects.Note(step.Reason);
        _effects.Fence(step);
    }

    /// <summary>An operator may take one host for another: whoever hears the node speaks against it.</summary>
    private Command Informed(TimeSpan now, WaitingCommand asked) =>
        asked is { Id: not OwnCommand, Command: ConfirmFenced fenced } ? fenced with { HeardBy = HeardBy(now, fenced.Node) } : asked.Command;

    /// <summary>Within D by this node itself, or by the newest word of a voter that has expired it.</summary>
    private ImmutableArray<NodeId> HeardBy(TimeSpan now, NodeId node)
    {
        var by = ImmutableSortedSet.CreateBuilder<NodeId>();
        if (State.Definition is { } definition && _lease.HeardAt(node) is { } at && now - at < definition.Timing.DeadAfter) by.Add(_options.Self);
        foreach (var (other, heard) in _lease.HeardReports(now))
        {
            if (heard.IsFresh && heard.Report.Expiries.Any(e => e.Node == node && e.IsHeard)) by.Add(other);
        }
        return [.. by];
    }

    private void NoteFencing(TimeSpan now)
    {
        foreach (var node in State.Nodes.Values)
        {
            if (FenceNodes.NeedsFencing(State, node)) _fencingNeededSince.TryAdd(node.Id, now);
            else if (_fencingNeededSince.Remove(node.Id)) _fenceTries.Remove(node.Id);
        }
    }

    private ImmutableSortedDictionary<NodeId, FenceTries> FenceTriesAt(TimeSpan now)
    {
        var tries = _fenceTries.ToImmutableSortedDictionary(t => t.Key, t => new FenceTries(false, t.Value.Failed, now - t.Value.At));
        return _fencing is { } step ? tries.SetItem(step.Node, FenceTries.None with { IsRunning = true }) : tries;
    }

    private int FencedLastHour(TimeSpan now)
    {
        while (_fencedAt.TryPeek(out var first) && now - first >= Hour) _fencedAt.Dequeue();
        return _fencedAt.Count;
    }
}

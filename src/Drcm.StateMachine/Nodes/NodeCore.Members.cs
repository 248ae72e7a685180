using System.Collections.Immutable;
using Drcm.StateMachine.Decisions;

namespace Drcm.StateMachine.Nodes;

/// <content>The leader's changes of the log's members: one at a time, decided anew after each.</content>
public sealed partial class NodeCore
{
    private static readonly TimeSpan LogStepPauseMin = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LogStepPauseMax = TimeSpan.FromSeconds(10);

    private ImmutableSortedSet<NodeId>? _logMembers;
    private LogStep? _logStep;
    private TimeSpan _logStepPause = LogStepPauseMin;
    private TimeSpan? _logStepNotBefore;

    /// <summary>The members of the log as this node's engine knows them; asked for by the leader's decisions.</summary>
    public void LogMembersChanged(TimeSpan now, ImmutableSortedSet<NodeId> members)
    {
        if (_logMembers is not null && _logMembers.SetEquals(members)) return;
        _logMembers = members;
        _isViewDirty = true;
        Settle(now);
    }

    /// <summary>What came of the newest <see cref="INodeEffects.ChangeMembers"/>.</summary>
    /// <param name="whyNot">Empty: it was done.</param>
    public void MembersChanged(TimeSpan now, string whyNot)
    {
        if (_logStep is not { } step) return;
        _logStep = null;
        _isViewDirty = true;
        if (whyNot.Length == 0)
        {
            _logStepPause = LogStepPauseMin;
            _logStepNotBefore = null;
        }
        else
        {
            if (_logStepPause == LogStepPauseMin) _effects.Note($"{step.Reason}: that failed, it is tried again: {whyNot}");
            _logStepNotBefore = now + _logStepPause;
            _logStepPause = _logStepPause * 2 < LogStepPauseMax ? _logStepPause * 2 : LogStepPauseMax;
        }
        Settle(now);
    }

    private void TakeLogStep(TimeSpan now, LogStep? step)
    {
        if (step is null || _logStep is not null || now < _logStepNotBefore) return;
        _logStep = step;
        if (_logStepPause == LogStepPauseMin) _effects.Note(step.Reason);
        _effects.ChangeMembers(step);
    }
}

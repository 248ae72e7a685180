using Drcm.StateMachine.Cluster;

namespace Drcm.StateMachine.Nodes;

/// <content>An orderly end: hand over what others can take, stop what nothing keeps, then exit.</content>
public sealed partial class NodeCore
{
    /// <summary>Nobody took anything for so long, in units of D: the node stops by itself what it has to. Without a lease there is no majority either, and
    /// one D is enough.</summary>
    private const int HandoverPatience = 4;

    private bool _isLeaving;
    private bool _isClosing;
    private bool _hasLeft;
    private TimeSpan _leavingProgressAt;
    private int _leavingHeld;
    private LogIndex? _leavingVersion;

    /// <summary>The daemon was told to end (SIGTERM): a planned handover. Ends with <see cref="INodeEffects.Leave"/>.</summary>
    public void Shutdown(TimeSpan now)
    {
        if (_isLeaving) return;
        _isLeaving = true;
        _leavingProgressAt = now;
        _leavingHeld = int.MaxValue;
        _effects.Note("shutting down: handing over what other nodes can take");
        Settle(now);
    }

    private void CheckLeaving(TimeSpan now)
    {
        if (!_isLeaving || _hasLeft) return;
        var held = HeldToGive();
        if (held < _leavingHeld)
        {
            _leavingHeld = held;
            _leavingProgressAt = now;
        }
        var timing = (State.Definition ?? _options.Definition).Timing;
        var patience = MayStart(now) ? timing.DeadAfter * HandoverPatience : timing.DeadAfter;
        if (!_isClosing && ((held == 0 && IsStandbyKnown()) || now - _leavingProgressAt > patience))
        {
            if (held > 0) _effects.Note($"nobody took over {held} slots in time: stopping them here");
            _isClosing = true;
            Reconcile(now);
        }
        if (!_isClosing) return;
        var isReleased = _reconciler.IsIdle && !_reconciler.HoldsExclusive;
        if (!isReleased && !((_reconciler.IsIdle || _reconciler.IsStuck) && IsGivenUp(now, timing.DeadAfter))) return;
        _leavingVersion ??= State.Version;
        if (IsLeading && !IsReadByOthers(now, _leavingVersion.Value) && now - _leavingProgressAt <= timing.DeadAfter) return;
        _hasLeft = true;
        _effects.Leave();
    }

    /// <summary>What could not be stopped is left behind after a while; it stays unknown to the cluster.</summary>
    private bool IsGivenUp(TimeSpan now, TimeSpan deadAfter) => now - _leavingProgressAt > deadAfter * HandoverPatience * 2;

    /// <summary>A leader that left at once would take the news with it: the heirs would read of what is theirs only from the next leader, an election later.</summary>
    private bool IsReadByOthers(TimeSpan now, LogIndex version) =>
        _lease.HeardReports(now).All(p => p.Key == _options.Self || !p.Value.IsFresh || p.Value.Report.Applied >= version);

    private bool IsStandbyKnown() =>
        State.Nodes.TryGetValue(_options.Self, out var self)
        && (self.Standby is Events.StandbyKind.Operator or Events.StandbyKind.Shutdown || self.Status != NodeStatus.Up);

    /// <summary>Slots of this node that a handover takes away.</summary>
    private int HeldToGive()
    {
        var definition = State.Definition;
        var node = definition?.Nodes.FirstOrDefault(n => n.Id == _options.Self);
        if (definition is null || node is null) return 0;
        var count = 0;
        foreach (var slot in State.Slots.Values)
        {
            if (slot.Owner != _options.Self) continue;
            var isExclusive = definition.Resources.FirstOrDefault(r => r.Id == slot.Id.Resource)?.IsExclusive ?? true;
            if (isExclusive || !node.Keeps(slot.Id.Resource.Kind)) count++;
        }
        return count;
    }
}

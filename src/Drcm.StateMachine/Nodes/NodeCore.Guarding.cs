using Drcm.StateMachine.Guarding;

namespace Drcm.StateMachine.Nodes;

/// <content>What the guard and the deadline timer have to know (O16, O17).</content>
public sealed partial class NodeCore
{
    private bool _isGuarded;
    private GuardOrder _order = GuardOrder.None;

    /// <summary>A guard is at hand, or is not: without one nothing exclusive is started. What runs is kept meanwhile; this daemon releases it at the
    /// end of the lease as always.</summary>
    /// <param name="why">One sentence for the log.</param>
    public void GuardChanged(TimeSpan now, bool isGuarded, string why)
    {
        _isGuarded = isGuarded;
        _effects.Note(why);
        Settle(now);
    }

    /// <summary>The deadline moves with the lease. A lease that is given up, rather than left to end, brings it forward.</summary>
    private void GiveOrder(TimeSpan now)
    {
        var end = EffectiveLeaseEnd;
        var isOver = end is not { } leaseEnd || now >= leaseEnd;
        var deadline = end is { } known ? ReleaseSchedule.Deadline(known, _lease.StopBudget) : GivenUp(now);
        var order = new GuardOrder(deadline, isOver && !_reconciler.HasAcquirer);
        if (order == _order) return;
        _order = order;
        _effects.GiveOrder(order);
    }

    private TimeSpan? GivenUp(TimeSpan now) =>
        _order.Deadline is { } before ? Earliest(before, ReleaseSchedule.Deadline(now, _lease.StopBudget)) : null;
}

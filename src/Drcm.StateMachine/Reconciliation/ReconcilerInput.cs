using Drcm.StateMachine.Cluster;

namespace Drcm.StateMachine.Reconciliation;

/// <summary>What one step of the reconciler looks at.</summary>
/// <param name="State">The projection.</param>
/// <param name="LeaseEnd">Until when this node may keep and start what is exclusive; null: no lease.</param>
/// <param name="MayStart">The lease is this incarnation's own, earned since it started; an inherited one only lets things be kept.</param>
/// <param name="IsClosing">The daemon is about to exit: stop everything that its <c>keep_*</c> settings do not keep, whatever the log says.</param>
/// <param name="IsRemoved">The configuration no longer names this node, nor does the log: nothing may run here on its account.</param>
/// <param name="IsGuarded">A guard is there that will release what is exclusive if this daemon does not (O16): without one nothing exclusive is started.</param>
public readonly record struct ReconcilerInput(
    TimeSpan Now, ClusterState State, TimeSpan? LeaseEnd, bool MayStart, bool IsClosing, bool IsRemoved = false, bool IsGuarded = true)
{
    public bool HoldsLease => LeaseEnd is { } end && Now < end;
}

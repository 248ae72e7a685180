namespace Drcm.StateMachine.Cluster;

/// <summary>A stored state cannot be restored: damaged, of a later release, or none of ours. The node stops: a guess would diverge in silence.</summary>
public sealed class StateSnapshotException(string what, Exception? inner = null)
    : Exception($"a snapshot of the state cannot be restored: {what}", inner);

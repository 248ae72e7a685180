namespace Drcm.StateMachine.Cluster;

/// <summary>Maintenance: nothing is started, moved or revoked; what dies is still recorded.</summary>
internal static class Maintenance
{
    public static Outcome Entered(ClusterState state) => state.InMaintenance
        ? Outcome.None(state, "the cluster is in maintenance already")
        : Outcome.Effective(state with { InMaintenance = true });

    public static Outcome Left(ClusterState state) => state.InMaintenance
        ? Outcome.Effective(state with { InMaintenance = false })
        : Outcome.None(state, "the cluster is not in maintenance");
}

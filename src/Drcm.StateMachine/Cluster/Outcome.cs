namespace Drcm.StateMachine.Cluster;

/// <summary>What one event did to the state.</summary>
/// <param name="WhyNot">Empty if it took effect.</param>
internal readonly record struct Outcome(ClusterState State, string WhyNot)
{
    public bool IsEffective => WhyNot.Length == 0;

    public static Outcome Effective(ClusterState state) => new(state, "");

    public static Outcome None(ClusterState state, string whyNot) => new(state, whyNot);
}

/// <summary>What surrounds an event in the log.</summary>
internal readonly record struct EventContext(LogIndex Index, DateTimeOffset At, string Reason);

namespace Drcm.StateMachine.Guarding;

/// <summary>When what is released by whom. E: the lease ends, and the daemon itself begins to release. K: the guard does what is left to do, after the
/// daemon has been killed unless it has acknowledged. E + S: nothing exclusive is here.</summary>
public static class ReleaseSchedule
{
    /// <summary>Half of the stop budget is the daemon's, half the guard's: neither has more to do than the other.</summary>
    private const int DaemonShareParts = 2;

    /// <summary>K of a lease that ends at <paramref name="leaseEnd"/>, with stop budget S; on the same clock as the lease.</summary>
    public static TimeSpan Deadline(TimeSpan leaseEnd, TimeSpan stopBudget) => leaseEnd + (stopBudget / DaemonShareParts);

    /// <summary>How long after K something may still be here that has to be gone <paramref name="sinceLeaseEnd"/> after E.</summary>
    public static TimeSpan AfterDeadline(TimeSpan sinceLeaseEnd, TimeSpan stopBudget) => sinceLeaseEnd - (stopBudget / DaemonShareParts);
}

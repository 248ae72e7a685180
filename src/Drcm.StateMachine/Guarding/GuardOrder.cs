namespace Drcm.StateMachine.Guarding;

/// <summary>What the daemon tells its guard and its own deadline timer (O16, O17): until when it is left alone.</summary>
/// <param name="Deadline">K, see <see cref="ReleaseSchedule"/>; null: nothing was ever held by a lease in this boot, so there is nothing to wait for.</param>
/// <param name="IsAcknowledged">The lease is over and nothing that acquires is at work in the daemon any more, nor will be before another order says so.
/// The daemon may live on beyond the deadline; what is still listed is released all the same.</param>
public readonly record struct GuardOrder(TimeSpan? Deadline, bool IsAcknowledged)
{
    /// <summary>Of a daemon that has not held a lease yet.</summary>
    public static GuardOrder None { get; } = new(null, IsAcknowledged: true);
}

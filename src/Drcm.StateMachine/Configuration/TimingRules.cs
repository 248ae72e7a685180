namespace Drcm.StateMachine.Configuration;

/// <summary>The arithmetic of OWNERSHIP's time budget: L + S may not exceed D * (1 - rho) / (1 + rho).</summary>
public static class TimingRules
{
    /// <summary>rho: assumed bound on the clock-rate error of any node, as one part in this many.</summary>
    public const int ClockRateErrorParts = 1000;

    /// <summary>Keep-alives that must fit into D, so that one or two lost datagrams do not kill a node.</summary>
    public const int KeepAlivesPerDeadTimeMin = 3;

    /// <summary>Kept free between the release of an owner and the earliest death of it: the guard's wake-up.</summary>
    public static TimeSpan Reserve { get; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Beyond the end of the lease; the next refresh of a lifetime comes within it.</summary>
    public static TimeSpan LifetimeReserve { get; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How much later than asked for the kernel takes an address away, as measured, with a margin.</summary>
    public static TimeSpan LifetimeLateness { get; } = TimeSpan.FromMilliseconds(1300);

    /// <summary>What is left of D on the fastest clock when the slowest has counted all of it.</summary>
    public static TimeSpan UsableOf(TimeSpan deadAfter) =>
        new((long)((Int128)deadAfter.Ticks * (ClockRateErrorParts - 1) / (ClockRateErrorParts + 1)));

    /// <summary>Two thirds of D, in whole milliseconds.</summary>
    public static TimeSpan DefaultLease(TimeSpan deadAfter) => WholeMilliseconds(new TimeSpan(deadAfter.Ticks / 3 * 2));

    /// <summary>All that D and L leave but the reserve, in whole milliseconds; negative if they leave nothing.</summary>
    public static TimeSpan DefaultStopBudget(TimeSpan deadAfter, TimeSpan lease) =>
        WholeMilliseconds(UsableOf(deadAfter) - lease - Reserve);

    /// <summary>How long the kernel keeps a floating address that nobody refreshes: the lease and a reserve, in the whole seconds that it counts in.</summary>
    public static TimeSpan AddressLifetime(TimeSpan lease) => TimeSpan.FromSeconds(Math.Ceiling((lease + LifetimeReserve).TotalSeconds));

    /// <summary>Without the kernel gate, lifetimes alone take an address in time from a frozen daemon and guard.</summary>
    public static bool AreLifetimesEnough(TimingDefinition timing) => timing.DeadAfter >= AddressLifetime(timing.Lease) + LifetimeLateness;

    public static TimeSpan DefaultElectionTimeout(TimeSpan deadAfter) => WholeMilliseconds(new TimeSpan(deadAfter.Ticks / 2));

    private static TimeSpan WholeMilliseconds(TimeSpan span) =>
        new(span.Ticks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond);
}

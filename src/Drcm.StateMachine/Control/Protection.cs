namespace Drcm.StateMachine.Control;

/// <summary>What, beside the daemon's own care, keeps a node from owning what another one owns.</summary>
public enum Protector
{
    /// <summary>The guard process (O16): releases when the daemon cannot.</summary>
    Guard,

    /// <summary>The kernel's gate for floating addresses (O18): silences them when neither daemon nor guard can.</summary>
    Gate,

    /// <summary>The look at the lease in each line of an installed crontab (O21).</summary>
    CronGuard,

    /// <summary>The reset of the host on which something exclusive could not be stopped in time (O19).</summary>
    SelfFence,
}

public enum ProtectionState
{
    InForce,

    /// <summary>Nothing here that it would protect.</summary>
    NotNeeded,

    /// <summary>The configuration leaves it out.</summary>
    Off,

    /// <summary>Wanted, and not there.</summary>
    Missing,
}

/// <param name="Why">A clause; empty where nothing needs saying.</param>
/// <param name="Remedy">What brings it into force; empty: nothing needs doing, or it ends by itself.</param>
public sealed record ProtectionLine(Protector By, ProtectionState State, string Why, string Remedy)
{
    public static ProtectionLine InForce(Protector by) => new(by, ProtectionState.InForce, "", "");

    public static ProtectionLine NotNeeded(Protector by) => new(by, ProtectionState.NotNeeded, "", "");

    public static ProtectionLine Missing(Protector by, string why, string remedy) => new(by, ProtectionState.Missing, why, remedy);
}

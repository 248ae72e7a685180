namespace Drcm.StateMachine.Guarding;

/// <summary>The guard's safety rules, all on. A test switches one off to see that it is needed; nothing else may.</summary>
public sealed record GuardRules
{
    public static GuardRules All { get; } = new();

    /// <summary>O16: the daemon that has not acknowledged is killed at the deadline, before anything is released.</summary>
    public bool KillsDaemonFirst { get; init; } = true;

    /// <summary>O17: starts and monitors that are still at work are killed at the deadline.</summary>
    public bool KillsStarts { get; init; } = true;

    /// <summary>O16: what is listed is released at the deadline.</summary>
    public bool Releases { get; init; } = true;

    /// <summary>What was seen gone while somebody could still bring it back does not count as gone.</summary>
    public bool LooksAfterKilling { get; init; } = true;

    /// <summary>An entry is tried until it is seen gone.</summary>
    public bool TriesUntilGone { get; init; } = true;

    /// <summary>O19: what is not seen gone by its limit ends the host.</summary>
    public bool EndsHost { get; init; } = true;

    /// <summary>The deadline is left alone until it has come: a guard that releases early makes an outage.</summary>
    public bool WaitsForDeadline { get; init; } = true;
}

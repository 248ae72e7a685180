namespace Drcm.StateMachine.Guarding;

/// <summary>What a <see cref="GuardCore"/> wants done. Each call takes one step and looks, without waiting; the core comes back until it is true. The guard
/// carries it out on real processes, a simulator on pretended ones. Entries are numbered by their place in the table.</summary>
public interface IGuardEffects
{
    /// <summary>Kills the daemon.</summary>
    /// <returns>It is seen gone.</returns>
    bool EndDaemon();

    /// <summary>Kills every start and monitor that is at work for the entry.</summary>
    /// <returns>Nothing of them is left.</returns>
    bool EndStarts(int entry);

    /// <summary>Takes the resource away. Does no harm when it is gone, or when the daemon is at the same.</summary>
    /// <returns>It is seen gone.</returns>
    bool Release(int entry);

    /// <summary>The entry is still here past its limit: whatever ends this host is set going, and no more than that. Called at every look until it is gone; what
    /// feeds a watchdog looks at <see cref="GuardCore.IsOverdue"/>.</summary>
    void EndHost(int entry);
}

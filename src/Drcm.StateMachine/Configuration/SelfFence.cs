namespace Drcm.StateMachine.Configuration;

/// <summary><c>self_fence</c>: what ends a host on which a release could not be verified within its budget (OWNERSHIP O19).</summary>
public enum SelfFence
{
    /// <summary>Nothing does: only fencing from outside tells the others that it is over.</summary>
    Off,

    /// <summary>The guard stops feeding the watchdog device, and the hardware resets the host.</summary>
    Watchdog,

    /// <summary>The guard has the kernel reboot at once (<c>/proc/sysrq-trigger</c>).</summary>
    Sysrq,
}

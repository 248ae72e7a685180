using Drcm.StateMachine.Configuration;

namespace Drcm.StateMachine.Reconciliation;

internal enum LocalPhase
{
    Absent,

    /// <summary>A start is running, has failed and waits, or was cut short: something of it may be here.</summary>
    Starting,

    Running,

    Stopping,

    /// <summary>A stop failed; tried again after a back-off.</summary>
    Unknown,
}

/// <summary>One physical resource on this node, whichever slots it serves. Mutable; owned by the reconciler.</summary>
internal sealed class LocalResource(ResourceId id, ResourceDefinition definition)
{
    public ResourceId Id { get; } = id;

    public ResourceDefinition Definition { get; set; } = definition;

    public LocalPhase Phase { get; set; }

    public ActionRequest? Action { get; set; }

    public bool IsKillSent { get; set; }

    /// <summary>The slot and token it was last started under.</summary>
    public SlotId Slot { get; set; }

    public LogIndex Token { get; set; }

    /// <summary>Failed starts or monitors in a row; sets the back-off.</summary>
    public int FailuresInRow { get; set; }

    public int MonitorFailures { get; set; }

    public TimeSpan NextTry { get; set; }

    public TimeSpan NextMonitor { get; set; }

    public TimeSpan? WantedSince { get; set; }

    public TimeSpan? UnwantedSince { get; set; }

    /// <summary>Still to be looked at after the daemon's start.</summary>
    public bool NeedsLook { get; set; }

    public bool MayBeHere => Phase != LocalPhase.Absent || NeedsLook || Action is not null;
}

using Drcm.StateMachine.Configuration;

namespace Drcm.StateMachine.Reconciliation;

/// <summary>What the reconciler may ask to be done to a resource on this node.</summary>
public enum ActionKind
{
    Start,

    /// <summary>Ends the resource: the start action's processes killed and seen empty, the script's stop run, the resource seen gone.</summary>
    Stop,

    /// <summary><c>watch</c>, <c>ensure_script</c>, or the built-in probe. The first two may start what they look at: acquiring actions.</summary>
    Monitor,

    /// <summary>Is it here? Never acquires anything. Asked once after the daemon's start.</summary>
    Look,
}

/// <summary>One action to run.</summary>
/// <param name="Id">Unique within the incarnation; the result carries it back.</param>
/// <param name="Slot">On whose behalf; the first one when a resource serves several slots.</param>
/// <param name="Token">The assignment's fencing token (<c>DRCM_TOKEN</c>); 0 for the sweep of what an earlier life left.</param>
/// <param name="Reason">For logs and <c>DRCM_REASON</c>.</param>
public sealed record ActionRequest(
    long Id, ActionKind Kind, ResourceDefinition Resource, SlotId Slot, LogIndex Token, string Reason)
{
    /// <summary>How long its script may take, without any grace after it; null: as long as the resource's own timeout says.</summary>
    public TimeSpan? Limit { get; init; }
}

public enum ActionOutcome
{
    /// <summary>Start: it runs. Stop: it is gone. Monitor: it is well. Look: it is here.</summary>
    Succeeded,

    /// <summary>Start, stop, monitor: the script said no. Look: it is not here.</summary>
    Failed,

    /// <summary>Start: somebody outside the cluster has the address; nothing was done.</summary>
    Conflicted,

    /// <summary>Took longer than its timeout; its processes were killed.</summary>
    TimedOut,

    /// <summary>Ended because the reconciler said so.</summary>
    Killed,
}

/// <param name="Detail">One line for people; empty on success.</param>
public sealed record ActionResult(long Id, ActionOutcome Outcome, string Detail);

/// <summary>Where the reconciler's wishes go. Called in the order in which they must take effect: a run table is on disk
/// before the action after it begins.</summary>
public interface IReconcilerEffects
{
    void SaveRunTable(RunTable table);

    void Run(ActionRequest request);

    /// <summary>Ends a running action at once; its result still comes.</summary>
    void Kill(long actionId);

    /// <summary>A sentence for the log.</summary>
    void Note(string text);
}

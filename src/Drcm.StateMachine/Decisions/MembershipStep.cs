namespace Drcm.StateMachine.Decisions;

/// <summary>One step on the way from who votes to who shall vote.</summary>
internal enum MembershipStepKind
{
    /// <summary>The log gets the node as a member.</summary>
    AddToLog,

    /// <summary>The node counts for leases (<c>voter.added</c>).</summary>
    AddVoter,

    /// <summary>The node counts no longer (<c>voter.removed</c>).</summary>
    RemoveVoter,

    /// <summary>The log lets go of the member.</summary>
    RemoveFromLog,

    /// <summary>This node leads and is to go: another one has to lead first.</summary>
    GiveUpLeadership,

    /// <summary>Nothing counts on the node's former spool any more (<c>node.joined</c>).</summary>
    Rejoin,
}

/// <param name="Wish">What it is for, for as long as it has to wait.</param>
/// <param name="Result">What comes of it, when it is taken.</param>
internal sealed record MembershipStep(MembershipStepKind Kind, NodeId Node, string Wish, string Result)
{
    /// <summary>Cause, rule, result, in one sentence.</summary>
    public string Reason => $"{Wish}{Result}";
}

/// <summary>A change of the log's own members, to be made by its leader.</summary>
/// <param name="Kind">What.</param>
/// <param name="Reason">The sentence for people.</param>
public sealed record LogStep(LogStepKind Kind, NodeId Node, string Reason);

public enum LogStepKind
{
    Add,

    Remove,

    /// <summary>Give leadership up: the next leader removes this member.</summary>
    Resign,
}

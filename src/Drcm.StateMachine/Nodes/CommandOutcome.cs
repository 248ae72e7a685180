namespace Drcm.StateMachine.Nodes;

/// <summary>What became of an operator's command.</summary>
public enum CommandOutcome
{
    /// <summary>In the log, in force.</summary>
    Committed,

    /// <summary>Without effect, with the reason.</summary>
    Refused,

    /// <summary>Without effect: this node does not lead; another one has to be asked.</summary>
    NotLeading,

    /// <summary>It may or may not come into force: find out by reading.</summary>
    Unknown,
}

/// <summary>What became of a proposal.</summary>
public enum ProposalFate
{
    Committed,

    /// <summary>Certainly without effect.</summary>
    WithoutEffect,

    /// <summary>May or may not commit later.</summary>
    Unknown,
}

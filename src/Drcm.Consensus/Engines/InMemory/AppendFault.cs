namespace Drcm.Consensus.Engines.InMemory;

/// <summary>What becomes of one append, on demand.</summary>
public enum AppendFault
{
    /// <summary>Rejected; never commits.</summary>
    Reject,

    /// <summary>Unknown to its proposer; never commits.</summary>
    Lose,

    /// <summary>Unknown to its proposer; commits at <see cref="InMemoryCluster.CommitHeld"/> or not at all.</summary>
    Hold,
}

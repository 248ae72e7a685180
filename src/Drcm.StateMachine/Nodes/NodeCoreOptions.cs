using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Reconciliation;
using Drcm.StateMachine.Solo;

namespace Drcm.StateMachine.Nodes;

/// <summary>What a node starts from: its identity, its own cm.cfg, and what it finds on its disk.</summary>
public sealed record NodeCoreOptions
{
    public required NodeId Self { get; init; }

    public required Incarnation Incarnation { get; init; }

    public required string BootId { get; init; }

    /// <summary>UUID of the spool (O12); empty: none.</summary>
    public string Identity { get; init; } = "";

    /// <summary>Of the node's own cm.cfg: in force until the log has one.</summary>
    public required ClusterDefinition Definition { get; init; }

    public required string ConfigDigest { get; init; }

    /// <summary>The promise file (O6).</summary>
    public required PromiseTable Promises { get; init; }

    /// <summary>What the previous incarnation of this boot left running.</summary>
    public required RunTable Adopted { get; init; }

    /// <summary>Lease end of the previous incarnation of this boot: until then what it left may be kept, though nothing may start.</summary>
    public TimeSpan? InheritedLeaseEnd { get; init; }

    /// <summary>A guard is there from the beginning. False: <see cref="NodeCore.GuardChanged"/> will tell.</summary>
    public bool IsGuarded { get; init; } = true;

    /// <summary>Free of trouble for so long before slots come back: a disk that is emptied a little fills up again.</summary>
    public TimeSpan TroubleMemory { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Null: this node never goes on alone, and as a leader lets nobody.</summary>
    public SoloRules? Solo { get; init; }

    public ProtocolRules ProtocolRules { get; init; } = ProtocolRules.All;

    public ReconcilerRules ReconcilerRules { get; init; } = ReconcilerRules.All;

    public DecisionRules DecisionRules { get; init; } = DecisionRules.All;
}

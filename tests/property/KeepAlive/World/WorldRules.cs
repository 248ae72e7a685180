using Drcm.StateMachine.KeepAlive;

namespace Drcm.Property.Tests.KeepAlive.World;

/// <summary>The rules that live outside the lease core, each to be switched off, beside the core's own.</summary>
internal sealed record WorldRules
{
    public static WorldRules All { get; } = new();

    public ProtocolRules Core { get; init; } = ProtocolRules.All;

    /// <summary>L + S fits into D (docs/timing.md).</summary>
    public bool LeaseFits { get; init; } = true;

    /// <summary>O3: a majority declares a node dead; off: one voter will do.</summary>
    public bool MajorityDeclares { get; init; } = true;

    /// <summary>O5: a node comes up only when it has read of its death.</summary>
    public bool ReturnsInformed { get; init; } = true;

    /// <summary>O9: nothing is started before the own node.started is applied.</summary>
    public bool IntroducesItself { get; init; } = true;

    /// <summary>O10: a report counts for its token and incarnation only.</summary>
    public bool ReportsAreExact { get; init; } = true;

    /// <summary>O10: after stopped the node never starts under that token again.</summary>
    public bool StoppedIsFinal { get; init; } = true;

    /// <summary>O10: stopped is reported only when no start action is alive.</summary>
    public bool StoppedMeansGone { get; init; } = true;

    /// <summary>O17: a start action dies with the lease.</summary>
    public bool StartsDieWithTheLease { get; init; } = true;

    /// <summary>Assumed of hosts: a pause does not stop the host's clock.</summary>
    public bool ClocksRun { get; init; } = true;

    /// <summary>Messages take the log's connection when the datagram is lost; off: faults bite harder.</summary>
    public bool SecondPath { get; init; }
}

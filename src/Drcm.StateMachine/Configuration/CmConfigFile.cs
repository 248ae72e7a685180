using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration;

/// <summary>What <see cref="CmConfigReader"/> made of one cm.cfg.</summary>
public sealed record CmConfigFile
{
    /// <summary>The part that all nodes agree on; null if no daemon may run by this file: no <c>[CM_SERVER]</c>, no
    /// usable <c>[CM_NODE]</c>, or an error in ports, timing, membership or voters. Lesser errors leave their culprit
    /// out of the definition.</summary>
    public required ClusterDefinition? Definition { get; init; }

    /// <summary>The part that this node alone reads; defaults stand in for bad values.</summary>
    public required LocalSettings Local { get; init; }

    /// <summary>Every finding, by line and column; at most <see cref="CmLimits.DiagnosticsMax"/> and one more.</summary>
    public required ImmutableArray<Diagnostic> Diagnostics { get; init; }

    public required SourceMap Sources { get; init; }

    public bool HasErrors => Diagnostics.Any(d => d.Severity == Severity.Error);
}

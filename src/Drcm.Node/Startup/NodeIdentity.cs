using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;

namespace Drcm.Node.Startup;

/// <summary>Who this daemon is, and where it keeps its things.</summary>
internal sealed record NodeIdentity
{
    public required string ConfigFile { get; init; }

    public required CmConfigFile Config { get; init; }

    public required ClusterDefinition Definition { get; init; }

    public required LocalSettings Local { get; init; }

    public required NodeDefinition Self { get; init; }

    public required string BootId { get; init; }

    public required byte[] AuthKey { get; init; }

    public NodeId Id => Self.Id;
}

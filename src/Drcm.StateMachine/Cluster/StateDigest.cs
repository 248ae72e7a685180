using System.Security.Cryptography;

namespace Drcm.StateMachine.Cluster;

/// <summary>Nodes compare digests: same log, same state, byte for byte.</summary>
public static class StateDigest
{
    /// <summary>SHA-256 in lower-case hex over the canonical encoding of everything that is not derived.</summary>
    public static string Of(ClusterState state) => Convert.ToHexStringLower(SHA256.HashData(StateSnapshot.Body(state).Span));
}

using System.Buffers;
using System.Security.Cryptography;
using MessagePack;

namespace Drcm.StateMachine.Cluster;

/// <summary>Nodes compare digests: same log, same state, byte for byte.</summary>
public static class StateDigest
{
    /// <summary>SHA-256 in lower-case hex over the canonical encoding of everything that is not derived.</summary>
    public static string Of(ClusterState state)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        var writer = new MessagePackWriter(buffer);
        StateEncoding.Write(ref writer, state);
        writer.Flush();
        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }
}

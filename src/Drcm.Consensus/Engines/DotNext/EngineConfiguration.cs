using System.Net;
using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft.Membership;
using Drcm.Consensus.Membership;

namespace Drcm.Consensus.Engines.DotNext;

/// <summary>A member list as the engine wants to see it: a set of addresses, and bytes.</summary>
internal sealed class EngineConfiguration(EngineMembers owner, MemberList list) : IClusterConfiguration<EndPoint>
{
    private readonly byte[] _bytes = list.ToBytes();

    public IReadOnlySet<EndPoint> Members { get; } = list.Members.Select(m => (EndPoint)m.EndPoint).ToHashSet();

    public bool IsReusable => true;

    public long? Length => _bytes.Length;

    /// <summary>The engine takes the same object for "nothing to do".</summary>
    public IClusterConfiguration<EndPoint> Add(EndPoint address) =>
        owner.Candidate is { } candidate && candidate.EndPoint.Equals(address) && list.Find(address) is null
            ? new EngineConfiguration(owner, list.With(candidate))
            : this;

    public IClusterConfiguration<EndPoint> Remove(EndPoint address) =>
        list.Find(address) is null ? this : new EngineConfiguration(owner, list.Without(address));

    public bool TryGetMemory(out ReadOnlyMemory<byte> memory)
    {
        memory = _bytes;
        return true;
    }

    public ValueTask WriteToAsync<TWriter>(TWriter writer, CancellationToken token)
        where TWriter : IAsyncBinaryWriter => writer.WriteAsync(_bytes, null, token);
}

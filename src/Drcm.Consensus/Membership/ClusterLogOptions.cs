using System.Net;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Storage;
using Drcm.Consensus.Transport;

namespace Drcm.Consensus.Membership;

/// <summary>Settings of one node's log.</summary>
public sealed record ClusterLogOptions
{
    public required string Self { get; init; }

    /// <summary>Whom a new cluster begins with. Once there is a log, it says who the members are.</summary>
    public required IReadOnlyDictionary<string, IPEndPoint> Voters { get; init; }

    /// <summary>Every node, this one included.</summary>
    public required IReadOnlyDictionary<string, IPEndPoint> Nodes { get; init; }

    public required TransportKeys Keys { get; init; }

    /// <summary>The node's spool directory; a voter's log lives in <c>raft/</c> below it.</summary>
    public required string Directory { get; init; }

    /// <summary>Of what a new cluster begins with, for instance its definition; only nodes with the same one begin together. At most 255 bytes of UTF-8.</summary>
    public string Digest { get; init; } = "";

    /// <summary>As <see cref="DotNextLogOptions.LocalAddress"/>.</summary>
    public IPAddress? LocalAddress { get; init; }

    public ElectionTimes Times { get; init; } = ElectionTimes.Within(TimeSpan.FromMilliseconds(750));

    public TimeSpan PreambleTimeout { get; init; } = TimeSpan.FromSeconds(2);

    public int ProposalsMax { get; init; } = 1024;

    internal StoreOptions Storage { get; init; } = new() { Directory = "" };

    internal IStoreFiles Files { get; init; } = new DiskFiles();

    internal Func<DotNextLogOptions, ILogTransport>? Transport { get; init; }

    /// <param name="members">Those of a new cluster.</param>
    internal DotNextLogOptions OfVoter(IReadOnlyDictionary<string, IPEndPoint> members, long? joinFloor) => new()
    {
        Self = Self,
        Members = members.ContainsKey(Self) ? members : new Dictionary<string, IPEndPoint>(members) { [Self] = Nodes[Self] },
        JoinFloor = joinFloor,
        Keys = Keys,
        Directory = Directory,
        LocalAddress = LocalAddress,
        Times = Times,
        PreambleTimeout = PreambleTimeout,
        ProposalsMax = ProposalsMax,
        Storage = Storage,
        Files = Files,
    };
}

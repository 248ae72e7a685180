using System.Net;
using Drcm.Consensus.Storage;
using Drcm.Consensus.Transport;

namespace Drcm.Consensus.Engines.DotNext;

/// <summary>Settings of one member. The members, and the times, are the same on every member.</summary>
public sealed record DotNextLogOptions
{
    /// <summary>This member's name, one of <see cref="Members"/>.</summary>
    public required string Self { get; init; }

    /// <summary>All voters of a new cluster by name with the address of their log port. A single one is a cluster of its own and leads at once. Once there is a store, the log says
    /// who the members are; then, and with <see cref="JoinFloor"/>, this says but where this member itself is reached.</summary>
    public required IReadOnlyDictionary<string, IPEndPoint> Members { get; init; }

    /// <summary>Set: a new store is that of a node which the leader is about to add; member lists in the log up to this index are history to it. It neither votes nor stands
    /// for election before a later list has it.</summary>
    public long? JoinFloor { get; init; }

    /// <summary>What members prove to each other; the same seed on all of them.</summary>
    public required TransportKeys Keys { get; init; }

    /// <summary>The member's spool directory; the log lives in <c>raft/</c> below it.</summary>
    public required string Directory { get; init; }

    /// <summary>Address from which connections to other members leave; null lets the system choose. Default: this member's own address.</summary>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>When members stand for election, and how long they wait for each other.</summary>
    public ElectionTimes Times { get; init; } = ElectionTimes.Within(TimeSpan.FromMilliseconds(750));

    /// <summary>Longest wait for the first bytes of an incoming connection.</summary>
    public TimeSpan PreambleTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Appends under way at one time; more are rejected.</summary>
    public int ProposalsMax { get; init; } = 1024;

    /// <summary>Sizes of the store; its directory is set by the log.</summary>
    internal StoreOptions Storage { get; init; } = new() { Directory = "" };

    /// <summary>For tests: the files in which the log is kept.</summary>
    internal IStoreFiles Files { get; init; } = new DiskFiles();

    /// <summary>For simulation: the network in place of sockets.</summary>
    internal Func<DotNextLogOptions, ILogTransport>? Transport { get; init; }

    /// <exception cref="ArgumentException">Names every problem at once.</exception>
    internal void Validate()
    {
        List<string> problems = [];
        if (!Members.ContainsKey(Self))
        {
            problems.Add($"'{Self}' is not among the members");
        }

        if (Members.Values.Distinct().Count() != Members.Count)
        {
            problems.Add("two members have the same address and port");
        }

        if (Directory.Length == 0)
        {
            problems.Add("the directory is empty");
        }

        problems.AddRange(Times.Problems());
        if (PreambleTimeout <= TimeSpan.Zero || ProposalsMax <= 0)
        {
            problems.Add("the preamble timeout and the number of proposals must be positive");
        }

        if (problems.Count > 0)
        {
            throw new ArgumentException($"log options: {string.Join("; ", problems)}", nameof(Members));
        }
    }

    /// <summary>This member's own slice of the span between the election timeouts: two members never stand in the same millisecond.</summary>
    /// <param name="members">The members now; one that is about to be added counts as the last of them.</param>
    internal (int LowerMs, int UpperMs) ElectionSlice(IEnumerable<string> members)
    {
        const double GapPart = 0.25;
        var names = members.Append(Self).Distinct().Order(StringComparer.Ordinal).ToList();
        var rank = names.IndexOf(Self);
        var slice = (Times.Upper - Times.Lower).TotalMilliseconds / names.Count;
        var lower = Times.Lower.TotalMilliseconds + slice * rank;
        return ((int)(lower + slice * GapPart), (int)(lower + slice * (1 - GapPart)));
    }
}

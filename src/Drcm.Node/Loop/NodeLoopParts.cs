using Drcm.Consensus;
using Drcm.Node.Actions;
using Drcm.Node.Addresses;
using Drcm.Node.Crontabs;
using Drcm.Node.Datagrams;
using Drcm.Node.Fencing;
using Drcm.Node.Guarding;
using Drcm.Node.Metrics;
using Drcm.Node.Observation;
using Drcm.Node.Storage;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Nodes;

namespace Drcm.Node.Loop;

/// <summary>The neighbours of the loop.</summary>
internal sealed record NodeLoopParts
{
    public required NodeCoreOptions Options { get; init; }

    public required MessageCodec Codec { get; init; }

    public required UdpLink Udp { get; init; }

    public required IPeerChannel Peers { get; init; }

    public required IReplicatedLog Log { get; init; }

    /// <summary>Why the log's disk refuses writes; null: it does not.</summary>
    public required Func<string?> LogTrouble { get; init; }

    public required PromiseFile Promises { get; init; }

    public required RunTableFile RunTable { get; init; }

    public required LeaseFile Lease { get; init; }

    public required GuardLink Guard { get; init; }

    public required ConfigurationKeeper Configuration { get; init; }

    public required PeerAddresses Addresses { get; init; }

    public required ActionExecutor Actions { get; init; }

    public required CrontabObserver Crontabs { get; init; }

    public required CatchUpRunner CatchUp { get; init; }

    public required FloatingAddresses FloatingAddresses { get; init; }

    public required FenceAgents Fencing { get; init; }

    public required LogCompaction Compaction { get; init; }

    public required EventHistory History { get; init; }

    public required EventMeter Meter { get; init; }

    public required LeaseLow LeaseLow { get; init; }

    public required TimeProvider WallClock { get; init; }
}

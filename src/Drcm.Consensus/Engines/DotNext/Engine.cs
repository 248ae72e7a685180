using System.Diagnostics;
using DotNext.Net.Cluster;
using DotNext.Net.Cluster.Consensus.Raft;
using Drcm.Consensus.Transport;
using Microsoft.Extensions.Logging;

namespace Drcm.Consensus.Engines.DotNext;

/// <summary>The engine with our members, times and transport.</summary>
internal sealed class Engine(RaftCluster.NodeConfiguration configuration) : RaftCluster(configuration)
{
    /// <summary>Rounds of replication that may be under way to one slow member before it counts as unavailable.</summary>
    private const int ReplicationLagMax = 16;

    public static Engine Create(
        DotNextLogOptions options, EngineLog log, EngineMembers members, ILogTransport transport, ILogger logger)
    {
        var (lowerMs, upperMs) = options.ElectionSlice(members.InForce.List.Members.Select(m => m.Name));
        var configuration = new CustomTransportConfiguration(options.Members[options.Self], transport.Incoming, transport.Outgoing)
        {
            ConfigurationStorage = members,
            ColdStart = false,
            LowerElectionTimeout = lowerMs,
            UpperElectionTimeout = upperMs,
            HeartbeatThreshold = options.Times.Heartbeat.TotalMilliseconds / lowerMs,
            RequestTimeout = options.Times.Request,
            ConnectTimeout = options.Times.Connect + options.Times.Request,
            MaxReplicationLag = ReplicationLagMax,
            LoggerFactory = new EngineLoggerFactory(logger),
        };
        return new(configuration) { AuditTrail = log };
    }

    /// <summary>This member is one of those that vote.</summary>
    public bool IsMember => Members.Any(m => !m.IsRemote);

    /// <summary>Why the engine is dead for good; null while it lives.</summary>
    public Exception? Failure
    {
        get
        {
            try
            {
                _ = ConsensusToken;
                return null;
            }
            catch (UnreachableException e)
            {
                return e;
            }
        }
    }

    /// <summary>Connects to the others and exchanges one request with each before the first election, so that connecting and compiling do not
    /// count against an election's time.</summary>
    public Task WarmAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Members.Where(m => m.IsRemote).Select(m => WarmAsync(m, cancellationToken)));

    /// <summary>Another round follows at once; without effect when this member does not lead.</summary>
    public void ForceReplicationSoon() => _ = HurryAsync(LifecycleToken);

    /// <summary>Another round now, and its end.</summary>
    public async Task HurryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ForceReplicationAsync(cancellationToken);
        }
        catch (Exception e) when (e is NotLeaderException or OperationCanceledException or ObjectDisposedException)
        {
            // The leadership that was to be hurried is over.
        }
    }

    private static async Task WarmAsync(RaftClusterMember member, CancellationToken cancellationToken)
    {
        try
        {
            await member.GetMetadataAsync(refresh: true, cancellationToken);
        }
        catch (Exception e) when (e is MemberUnavailableException or OperationCanceledException or ObjectDisposedException)
        {
            // Not up yet, or we are going down: nothing to warm.
        }
    }
}

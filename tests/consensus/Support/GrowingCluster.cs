using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Membership;
using Microsoft.Extensions.Logging.Abstractions;

namespace Drcm.Consensus.Tests.Support;

/// <summary>Nodes of which some are members from the beginning; the others are started to be added.</summary>
internal sealed class GrowingCluster(params string[] names) : LogNodes<DotNextLog>(names)
{
    /// <summary>Starts members of a new cluster, or again whatever was started before: then what is stored counts.</summary>
    public Task StartAsync(CancellationToken cancellationToken, params string[] initial) =>
        Task.WhenAll(initial.Select(n => StartAsync(n, initial, null, cancellationToken)));

    /// <summary>Starts a node with an empty store, as it does when the leader asks it to join.</summary>
    public Task StartToJoinAsync(string name, long floor, CancellationToken cancellationToken) => StartAsync(name, [name], floor, cancellationToken);

    private Task StartAsync(string name, IEnumerable<string> members, long? floor, CancellationToken cancellationToken)
    {
        DotNextLog log = new(
            new()
            {
                Self = name,
                Members = members.ToDictionary(n => n, n => EndPoints[n], StringComparer.Ordinal),
                JoinFloor = floor,
                Keys = Secret.Keys(),
                Directory = DirectoryOf(name),
            },
            NullLogger.Instance);
        log.Requests.Serve(RequestKinds.Join, (_, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(JoinRequest.WriteAnswer(log.LastIndex)));
        return StartAsync(name, log, cancellationToken);
    }
}

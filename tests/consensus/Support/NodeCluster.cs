using Drcm.Consensus.Membership;
using Microsoft.Extensions.Logging.Abstractions;

namespace Drcm.Consensus.Tests.Support;

/// <summary>Nodes as a daemon has them: some are the voters of a new cluster, the rest learns.</summary>
internal sealed class NodeCluster(string[] voters, params string[] learners) : LogNodes<ClusterLog>([.. voters, .. learners])
{
    public async Task StartAsync(CancellationToken cancellationToken, params IEnumerable<string> names) =>
        await Task.WhenAll(names.Select(n => StartAsync(n, "", cancellationToken)));

    public Task StartAsync(string name, string digest, CancellationToken cancellationToken) => StartAsync(
        name,
        new ClusterLog(
            new()
            {
                Self = name,
                Voters = EndPoints.Where(e => voters.Contains(e.Key)).ToDictionary(StringComparer.Ordinal),
                Nodes = EndPoints,
                Keys = Secret.Keys(),
                Directory = DirectoryOf(name),
                Digest = digest,
            },
            NullLogger.Instance),
        cancellationToken);

    /// <summary>Appends through whoever leads, until it is committed.</summary>
    public async Task<long> AppendAsync(string text, CancellationToken cancellationToken)
    {
        while (true)
        {
            var outcome = await (await LeaderAsync(cancellationToken)).AppendAsync(LogVersion.Any, LogClusterExtensions.Bytes(text), cancellationToken);
            if (outcome.Status == AppendStatus.Committed)
            {
                return outcome.Index;
            }

            await Task.Delay(10, cancellationToken);
        }
    }
}

using System.Text;

namespace Drcm.Consensus.Tests.Support;

internal static class LogClusterExtensions
{
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(this CommittedEntry entry) => Encoding.UTF8.GetString(entry.Payload.Span);

    /// <summary>The member that leads, as soon as one says so.</summary>
    public static async Task<string> LeaderAsync(this ILogCluster cluster, CancellationToken cancellationToken)
    {
        using var found = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = await Task.WhenAny(cluster.Running.Select(LeadsAsync));
        var leader = await first;
        await found.CancelAsync();
        return leader;

        async Task<string> LeadsAsync(string name)
        {
            await cluster[name].UntilAsync(l => l.IsSelf, found.Token);
            return name;
        }
    }

    public static async Task<Leadership> UntilAsync(
        this IReplicatedLog log, Func<Leadership, bool> condition, CancellationToken cancellationToken)
    {
        await foreach (var leadership in log.WatchLeadershipAsync(cancellationToken))
        {
            if (condition(leadership))
            {
                return leadership;
            }
        }

        throw new InvalidOperationException("the leadership stream ended");
    }

    public static async Task<List<CommittedEntry>> TakeAsync(
        this IReplicatedLog log, long afterIndex, int count, CancellationToken cancellationToken)
    {
        List<CommittedEntry> entries = [];
        await foreach (var entry in log.ReadCommittedAsync(afterIndex, cancellationToken))
        {
            entries.Add(entry);
            if (entries.Count == count)
            {
                break;
            }
        }

        return entries;
    }

    /// <summary>Everything effective that was committed before the call. A mark that the caller appends last says where that ends.</summary>
    public static async Task<List<CommittedEntry>> ReadUpToAsync(this IReplicatedLog log, long index, CancellationToken cancellationToken)
    {
        List<CommittedEntry> entries = [];
        await foreach (var entry in log.ReadCommittedAsync(0, cancellationToken))
        {
            entries.Add(entry);
            if (entry.Index >= index)
            {
                break;
            }
        }

        return entries;
    }

    /// <summary>Index of the newest effective entry, found as a daemon finds it: append on a guess until the log does not call it stale.</summary>
    public static async Task<long> AppendNextAsync(this IReplicatedLog log, long version, string text, CancellationToken cancellationToken)
    {
        while (true)
        {
            var outcome = await log.AppendAsync(version, Bytes(text), cancellationToken);
            if (outcome.Status == AppendStatus.Committed)
            {
                return outcome.Index;
            }

            Assert.Equal(AppendStatus.Stale, outcome.Status);
            version = outcome.Index;
        }
    }
}

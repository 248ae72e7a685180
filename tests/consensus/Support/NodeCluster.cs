using System.Net;
using Drcm.Consensus.Membership;
using Microsoft.Extensions.Logging.Abstractions;

namespace Drcm.Consensus.Tests.Support;

/// <summary>Nodes as a daemon has them: some are the voters of a new cluster, the rest learns.</summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("drcm-log-");
    private readonly Dictionary<string, IPEndPoint> _endPoints;
    private readonly Dictionary<string, ClusterLog> _logs = new(StringComparer.Ordinal);
    private readonly string[] _voters;

    public NodeCluster(string[] voters, params string[] learners)
    {
        _voters = voters;
        _endPoints = DotNextLogCluster.FreeEndPoints([.. voters, .. learners]);
    }

    public ClusterLog this[string name] => _logs[name];

    public IEnumerable<ClusterLog> Running => _logs.Values;

    public IEnumerable<string> Names => _endPoints.Keys;

    public LogMember Member(string name) => new(name, _endPoints[name]);

    public async Task StartAsync(CancellationToken cancellationToken, params IEnumerable<string> names) =>
        await Task.WhenAll(names.Select(n => StartAsync(n, "", cancellationToken)));

    public async Task StartAsync(string name, string digest, CancellationToken cancellationToken)
    {
        ClusterLog log = new(
            new()
            {
                Self = name,
                Voters = _endPoints.Where(e => _voters.Contains(e.Key)).ToDictionary(StringComparer.Ordinal),
                Nodes = _endPoints,
                Keys = Secret.Keys(),
                Directory = Path.Combine(_root.FullName, name),
                Digest = digest,
            },
            NullLogger.Instance);
        lock (_logs)
        {
            _logs[name] = log;
        }

        await log.StartAsync(cancellationToken);
    }

    public async Task StopAsync(string name)
    {
        _logs.Remove(name, out var log);
        await log!.DisposeAsync();
    }

    public void Wipe(string name) => Directory.Delete(Path.Combine(_root.FullName, name), recursive: true);

    public string DirectoryOf(string name) => Path.Combine(_root.FullName, name);

    public async Task<ClusterLog> LeaderAsync(CancellationToken cancellationToken)
    {
        using var found = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var leader = await await Task.WhenAny(_logs.Values.Select(async l =>
        {
            await l.UntilAsync(s => s.IsSelf, found.Token);
            return l;
        }));
        await found.CancelAsync();
        return leader;
    }

    public Task AddAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(l => l.AddMemberAsync(Member(name), cancellationToken), cancellationToken);

    public Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(l => l.RemoveMemberAsync(name, cancellationToken), cancellationToken);

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

    public async Task AllHaveAsync(long index, CancellationToken cancellationToken)
    {
        foreach (var log in _logs.Values)
        {
            await log.ReadUpToAsync(index, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_logs.Values.Select(l => l.DisposeAsync().AsTask()));
        _root.Delete(recursive: true);
    }

    private async Task ChangeAsync(Func<ClusterLog, ValueTask<AppendOutcome>> change, CancellationToken cancellationToken)
    {
        while ((await change(await LeaderAsync(cancellationToken))).Status != AppendStatus.Committed)
        {
            await Task.Delay(10, cancellationToken);
        }
    }
}

using System.Net;

namespace Drcm.Consensus.Tests.Support;

/// <summary>Nodes in one process, each on a loopback address and in a directory of its own: who leads, and what the leader is asked to change.</summary>
internal abstract class LogNodes<TLog>(IEnumerable<string> names) : IAsyncDisposable
    where TLog : IReplicatedLog
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("drcm-log-");
    private readonly Dictionary<string, TLog> _logs = new(StringComparer.Ordinal);

    public TLog this[string name] => _logs[name];

    public IEnumerable<TLog> Running => _logs.Values;

    /// <summary>Of all nodes, also of those that do not run.</summary>
    public IEnumerable<string> Names => EndPoints.Keys;

    protected Dictionary<string, IPEndPoint> EndPoints { get; } = DotNextLogCluster.FreeEndPoints(names);

    public LogMember Member(string name) => new(name, EndPoints[name]);

    public string DirectoryOf(string name) => Path.Combine(_root.FullName, name);

    public void Wipe(string name) => Directory.Delete(DirectoryOf(name), recursive: true);

    public async Task StopAsync(string name)
    {
        _logs.Remove(name, out var log);
        await log!.DisposeAsync();
    }

    public async Task<TLog> LeaderAsync(CancellationToken cancellationToken)
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

    /// <summary>The leader of the moment adds a node; another leader is asked again.</summary>
    public Task AddAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(l => l.AddMemberAsync(Member(name), cancellationToken), cancellationToken);

    public Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(l => l.RemoveMemberAsync(name, cancellationToken), cancellationToken);

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

    protected async Task StartAsync(string name, TLog log, CancellationToken cancellationToken)
    {
        lock (_logs)
        {
            _logs[name] = log;
        }

        await log.StartAsync(cancellationToken);
    }

    private async Task ChangeAsync(Func<TLog, ValueTask<AppendOutcome>> change, CancellationToken cancellationToken)
    {
        while ((await change(await LeaderAsync(cancellationToken))).Status != AppendStatus.Committed)
        {
            await Task.Delay(10, cancellationToken);
        }
    }
}

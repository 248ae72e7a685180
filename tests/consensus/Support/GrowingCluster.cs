using System.Net;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Membership;
using Microsoft.Extensions.Logging.Abstractions;

namespace Drcm.Consensus.Tests.Support;

/// <summary>Nodes of which some are members from the beginning; the others are started to be added.</summary>
internal sealed class GrowingCluster(params string[] names) : IAsyncDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("drcm-log-");
    private readonly Dictionary<string, IPEndPoint> _endPoints = DotNextLogCluster.FreeEndPoints(names);
    private readonly Dictionary<string, DotNextLog> _logs = new(StringComparer.Ordinal);

    public DotNextLog this[string name] => _logs[name];

    public IEnumerable<DotNextLog> Running => _logs.Values;

    public IReadOnlyCollection<string> Names() => _logs.Keys;

    public LogMember Member(string name) => new(name, _endPoints[name]);

    /// <summary>Starts members of a new cluster, or again whatever was started before: then what is stored counts.</summary>
    public Task StartAsync(CancellationToken cancellationToken, params string[] initial) =>
        Task.WhenAll(initial.Select(n => StartAsync(n, initial, null, cancellationToken)));

    /// <summary>Starts a node with an empty store, as it does when the leader asks it to join.</summary>
    public Task StartToJoinAsync(string name, long floor, CancellationToken cancellationToken) => StartAsync(name, [name], floor, cancellationToken);

    public async Task StopAsync(string name)
    {
        _logs.Remove(name, out var log);
        await log!.DisposeAsync();
    }

    public void Wipe(string name) => Directory.Delete(Path.Combine(_root.FullName, name), recursive: true);

    public async Task<DotNextLog> LeaderAsync(CancellationToken cancellationToken)
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
    public async Task AddAsync(string name, CancellationToken cancellationToken) =>
        await ChangeAsync(l => l.AddMemberAsync(Member(name), cancellationToken), cancellationToken);

    public async Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        await ChangeAsync(l => l.RemoveMemberAsync(name, cancellationToken), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_logs.Values.Select(l => l.DisposeAsync().AsTask()));
        _root.Delete(recursive: true);
    }

    private async Task ChangeAsync(Func<DotNextLog, ValueTask<AppendOutcome>> change, CancellationToken cancellationToken)
    {
        while ((await change(await LeaderAsync(cancellationToken))).Status != AppendStatus.Committed)
        {
            await Task.Delay(10, cancellationToken);
        }
    }

    private async Task StartAsync(string name, IEnumerable<string> members, long? floor, CancellationToken cancellationToken)
    {
        DotNextLog log = new(
            new()
            {
                Self = name,
                Members = members.ToDictionary(n => n, n => _endPoints[n], StringComparer.Ordinal),
                JoinFloor = floor,
                Keys = Secret.Keys(),
                Directory = Path.Combine(_root.FullName, name),
            },
            NullLogger.Instance);
        lock (_logs)
        {
            _logs[name] = log;
        }

        log.Requests.Serve(RequestKinds.Join, (_, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(JoinRequest.WriteAnswer(log.LastIndex)));
        await log.StartAsync(cancellationToken);
    }
}

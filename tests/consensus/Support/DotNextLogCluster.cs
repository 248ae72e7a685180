using System.Net;
using System.Net.Sockets;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Membership;
using Drcm.Consensus.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Drcm.Consensus.Tests.Support;

/// <summary>Members in one process, each on a loopback address and in a directory of its own.</summary>
internal sealed class DotNextLogCluster : ILogCluster
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("drcm-log-");
    private readonly Dictionary<string, DotNextLog> _logs = new(StringComparer.Ordinal);

    public DotNextLogCluster(params string[] names) => Members = FreeEndPoints(names);

    public IReadOnlyDictionary<string, IPEndPoint> Members { get; }

    /// <summary>The files of a member; real ones when nothing else is said.</summary>
    public Func<string, IStoreFiles> Files { get; init; } = _ => new DiskFiles();

    /// <summary>What a test wants otherwise than <see cref="OptionsOf"/>.</summary>
    public Func<DotNextLogOptions, DotNextLogOptions> Adjust { get; init; } = o => o;

    public IReadOnlyCollection<string> Running => _logs.Keys;

    public IReplicatedLog this[string name] => _logs[name];

    public DotNextLog Log(string name) => _logs[name];

    public static async Task<DotNextLogCluster> StartAsync(CancellationToken cancellationToken, params string[] names)
    {
        var cluster = new DotNextLogCluster(names.Length == 0 ? ["a", "b", "c"] : names);
        await Task.WhenAll(cluster.Members.Keys.Select(n => cluster.RestartAsync(n, cancellationToken)));
        return cluster;
    }

    public static Dictionary<string, IPEndPoint> FreeEndPoints(IEnumerable<string> names)
    {
        var number = 0;
        return names.ToDictionary(n => n, _ => FreeEndPoint(++number), StringComparer.Ordinal);
    }

    public Dictionary<string, IPEndPoint> Only(params string[] names) => Members.Where(m => names.Contains(m.Key)).ToDictionary(StringComparer.Ordinal);

    public string DirectoryOf(string name) => Path.Combine(_root.FullName, name);

    public DotNextLogOptions OptionsOf(string name) => new()
    {
        Self = name,
        Members = Members,
        Keys = Secret.Keys(),
        Directory = DirectoryOf(name),
        PreambleTimeout = TimeSpan.FromMilliseconds(500),
        Files = Files(name),
    };

    public async Task StopAsync(string name)
    {
        _logs.Remove(name, out var log);
        await log!.DisposeAsync();
    }

    public async Task RestartAsync(string name, CancellationToken cancellationToken)
    {
        DotNextLog log;
        lock (_logs)
        {
            _logs[name] = log = new(Adjust(OptionsOf(name)), NullLogger.Instance);
        }

        await log.StartAsync(cancellationToken);
    }

    public async Task<LogMember> StartNodeAsync(string name, CancellationToken cancellationToken)
    {
        var floor = Log(await this.LeaderAsync(cancellationToken)).LastIndex;
        var endPoint = FreeEndPoint(Members.Count + 1);
        DotNextLog log = new(OptionsOf(name) with { Members = new Dictionary<string, IPEndPoint> { [name] = endPoint }, JoinFloor = floor }, NullLogger.Instance);
        log.Requests.Serve(RequestKinds.Join, (_, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(JoinRequest.WriteAnswer(log.LastIndex)));
        await log.StartAsync(cancellationToken);
        _logs[name] = log;
        return new(name, endPoint);
    }

    public void LoseNextAppend()
    {
        // A network is not lossy on demand; the engine keeps this promise or the check says so.
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var log in _logs.Values)
        {
            await log.DisposeAsync();
        }

        _root.Delete(recursive: true);
    }

    private static IPEndPoint FreeEndPoint(int number)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)number]), 0));
        return (IPEndPoint)probe.LocalEndPoint!;
    }
}

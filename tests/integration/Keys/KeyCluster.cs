using System.Security.Cryptography;
using Drcm.Cli.Connection;
using Drcm.Integration.Tests.Scripts;
using Drcm.Integration.Tests.Startup;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Control;

namespace Drcm.Integration.Tests.Keys;

/// <summary>Three real daemons on loopback addresses, each with its own cm.cfg and auth key file. A node is given up only after half a minute, so that a
/// restart on a crowded machine is not a death.</summary>
internal sealed class KeyCluster : IDisposable
{
    public static readonly string[] Names = ["node-a", "node-b", "node-c"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);
    private static int _count;
    private readonly Dictionary<string, TemporaryDirectory> _directories = Names.ToDictionary(n => n, _ => new TemporaryDirectory());
    private readonly Dictionary<string, DaemonRun> _runs = [];

    public KeyCluster()
    {
        var number = Interlocked.Increment(ref _count);
        OldKey = RandomNumberGenerator.GetBytes(AuthKeyRules.KeyLength);
        var nodes = string.Concat(Names.Select((name, i) =>
            $"[CM_NODE]\nnodename = {name}\nhostname = host-{i}\nkeep_alive_ip = 127.79.{number}.{i + 1}\n"));
        foreach (var directory in _directories.Values)
        {
            directory.Write("cm.cfg", $"""
                [CM_SERVER]
                http_port = 0
                udpport = 53897
                tcpport = 53897
                keep_alive_interval_ms = 200
                dead_node_count = 150
                election_timeout_ms = 4000
                {nodes}
                """);
            Directory.CreateDirectory(directory[".auth"], AuthKeyRules.DirectoryMode);
        }
        foreach (var name in Names) WriteKey(name, OldKey);
    }

    public byte[] OldKey { get; }

    public string KeyFile(string node) => AuthKeyRules.KeyPathOf(_directories[node]["cm.cfg"]);

    /// <summary>All that a running daemon lets others read.</summary>
    public IEnumerable<string> SpoolFiles(string node) =>
        Directory.EnumerateFiles(_directories[node]["spool"], "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "lock");

    public void WriteKey(string node, byte[] key)
    {
        File.WriteAllBytes(KeyFile(node), key);
        File.SetUnixFileMode(KeyFile(node), AuthKeyRules.FileMode);
    }

    public void Start(string node) => _runs[node] = DaemonRun.Start(_directories[node], "--node", node);

    /// <summary>SIGKILL.</summary>
    public void Kill(string node)
    {
        _runs[node].Dispose();
        _runs.Remove(node);
    }

    public ControlClient Client(string node) => new(Path.Combine(_directories[node]["run"], ControlProtocol.SocketName));

    /// <summary>Every node sees every node up.</summary>
    public async Task UntilAllUpAsync(CancellationToken cancellationToken)
    {
        foreach (var name in Names)
        {
            await UntilAsync(name, "all nodes up", s => s.Nodes.Length == Names.Length && s.Nodes.All(n => n.Status == NodeStatus.Up), cancellationToken);
        }
    }

    public async Task<ClusterStatus> UntilAsync(string node, string what, Func<ClusterStatus, bool> condition, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        while (true)
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"{node}: not {what}; the daemons said\n{string.Join("\n==\n", _runs.Select(r => $"{r.Key}\n{r.Value.Text}"))}");
            try
            {
                if (await Client(node).StatusAsync(limit.Token) is var status && condition(status)) return status;
                await Task.Delay(LookInterval, limit.Token);
            }
            catch (ControlException)
            {
                // Not up yet, or killed.
                await Task.Delay(LookInterval, CancellationToken.None);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Told above.
            }
        }
    }

    public void Dispose()
    {
        foreach (var run in _runs.Values) run.Dispose();
        foreach (var directory in _directories.Values) directory.Dispose();
    }
}

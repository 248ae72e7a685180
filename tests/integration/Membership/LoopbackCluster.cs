using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Drcm.Cli.Connection;
using Drcm.Integration.Tests.Cli;
using Drcm.Integration.Tests.Scripts;
using Drcm.Integration.Tests.Startup;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Control;

namespace Drcm.Integration.Tests.Membership;

/// <summary>Real daemons on loopback addresses, each with files of its own. What an application "runs" is a file that names its node, so that two
/// owners would show. Times are long: a build beside the tests must not look like a dead node.</summary>
internal sealed class LoopbackCluster : IDisposable
{
    private const int PortMin = 20_000;
    private const int PortMax = 30_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private static int _count;

    private readonly TemporaryDirectory _shared = new();
    private readonly SortedDictionary<int, TemporaryDirectory> _files = [];
    private readonly SortedDictionary<int, DaemonRun> _runs = [];
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(AuthKeyRules.KeyLength);
    private readonly int _network = 100 + Interlocked.Increment(ref _count);
    private readonly int _port;

    public LoopbackCluster()
    {
        Directory.CreateDirectory(Running);
        do _port = Random.Shared.Next(PortMin, PortMax);
        while (!IsFree(_port));
    }

    /// <summary>Lines of the server's section: how long a silence is a death, and the absence of a leader's heartbeats an election.</summary>
    public string Times { get; init; } = "dead_node_count = 20";

    /// <summary>0: no HTTP.</summary>
    public int HttpPort { get; init; }

    /// <summary>Each file: an application and the node that runs it.</summary>
    private string Running => _shared["running"];

    public static string Name(int node) => $"n{node}";

    public string SpoolOf(int node) => _files[node]["spool"];

    public string ConfigOf(int node) => _files[node]["cm.cfg"];

    public string SaidBy(int node) => _runs[node].Text;

    /// <summary>A cm.cfg: every node but witnesses has an application, backed up by the next ones. Not exclusive: the takeover of one that is would wait (O19).</summary>
    /// <param name="more">Further lines of a node's section.</param>
    public string Text(IReadOnlyList<int> nodes, Func<int, string>? more = null, int witness = 0)
    {
        var own = nodes.Where(n => n != witness).ToArray();
        var text = new StringBuilder($"[CM_SERVER]\nudpport = {_port}\ntcpport = {_port}\nhttp_port = {HttpPort}\nkeep_alive_interval_ms = 200\n{Times}\ninitdead = 20\n");
        text.Append("[CM_APPLICATIONS]\n");
        foreach (var n in own)
            text.Append(CultureInfo.InvariantCulture, $"app{n}, root:root, touch {Running}/app{n}.$DRCM_NODE, rm -f {Running}/app{n}.$DRCM_NODE, test -e {Running}/app{n}.$DRCM_NODE\n");
        for (var i = 0; i < nodes.Count; i++)
        {
            var n = nodes[i];
            text.Append(CultureInfo.InvariantCulture, $"[CM_NODE]\nnodename = {Name(n)}\nhostname = {Name(n)}\nkeep_alive_ip = {Address(n)}\n");
            if (n == witness) text.Append("witness = 1\n");
            else
            {
                var homes = own.Where(o => o != n).Select(o => $"{Name(o)}:app{o}");
                text.Append(CultureInfo.InvariantCulture, $"node_applications = app{n}\nnode_backup_applications = {string.Join(", ", homes)}\n");
            }
            text.Append(more?.Invoke(n));
        }
        return text.ToString();
    }

    /// <summary>Writes the node's files, if it has none yet, and starts its daemon.</summary>
    public void Start(int node, string text)
    {
        Prepare(node, text);
        _runs[node] = DaemonRun.Start(_files[node], "--node", Name(node));
    }

    /// <summary>Its files alone, if it has none yet.</summary>
    public void Prepare(int node, string text)
    {
        if (_files.ContainsKey(node)) return;
        var files = _files[node] = new TemporaryDirectory();
        Directory.CreateDirectory(files[".auth"], AuthKeyRules.DirectoryMode);
        var key = Path.Combine(files.Root, ".auth", "authkey");
        File.WriteAllBytes(key, _key);
        File.SetUnixFileMode(key, AuthKeyRules.FileMode);
        File.WriteAllText(files["cm.cfg"], text);
    }

    public void Kill(int node)
    {
        _runs[node].Dispose();
        _runs.Remove(node);
    }

    public Task<int> TerminateAsync(int node, CancellationToken cancellationToken) => _runs[node].TerminateAsync(cancellationToken);

    public ControlClient Control(int node) => new(Socket(node));

    public async Task<ProgramResult> ApplyAsync(int through, string text, CancellationToken cancellationToken)
    {
        var file = _shared["new.cfg"];
        await File.WriteAllTextAsync(file, text, cancellationToken);
        return await RunAsync(through, ["config", "apply", file], cancellationToken);
    }

    /// <summary>drcm with these words, asking this node.</summary>
    public Task<ProgramResult> RunAsync(int through, string[] words, CancellationToken cancellationToken) =>
        RunProgram.ToEndAsync(RunProgram.Drcm, [.. words, "--socket", Socket(through)], cancellationToken);

    /// <summary>Which node runs the application, as the files say; empty: none, several: all of them.</summary>
    public string RunnerOf(string application) => string.Join(
        ' ', Directory.GetFiles(Running, $"{application}.*").Select(f => Path.GetFileName(f)[(application.Length + 1)..]).Order(StringComparer.Ordinal));

    /// <summary>Asks one daemon until the condition holds.</summary>
    public async Task<ClusterStatus> UntilAsync(int asked, string what, Func<ClusterStatus, bool> holds, CancellationToken cancellationToken)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        ClusterStatus? last = null;
        while (TimeProvider.System.GetElapsedTime(deadline) < Patience)
        {
            try
            {
                last = await Control(asked).StatusAsync(cancellationToken);
                if (holds(last)) return last;
            }
            catch (ControlException)
            {
                // Not listening yet.
            }
            await Task.Delay(Pace, cancellationToken);
        }
        throw new TimeoutException($"{what}: not on {Name(asked)}'s word: {Describe(last)}\n{string.Join('\n', _runs.Select(r => $"--- {Name(r.Key)}\n{Tail(r.Value.Text)}"))}");
    }

    /// <summary>Every application runs at home, and these nodes vote.</summary>
    public Task<ClusterStatus> UntilAtHomeAsync(int asked, int[] voters, CancellationToken cancellationToken) => UntilAsync(
        asked, "all at home", s => s.Slots.All(l => l.Phase == SlotPhase.Started && l.Owner == l.Home) && !s.Slots.IsEmpty && Votes(s, voters), cancellationToken);

    public static bool Votes(ClusterStatus status, params int[] voters) =>
        status.Nodes.Where(n => n.IsVoter).Select(n => n.Name).Order(StringComparer.Ordinal).SequenceEqual(voters.Select(Name).Order(StringComparer.Ordinal));

    public void Dispose()
    {
        foreach (var run in _runs.Values) run.Dispose();
        foreach (var files in _files.Values) files.Dispose();
        _shared.Dispose();
    }

    private string Socket(int node) => Path.Combine(_files[node]["run"], ControlProtocol.SocketName);

    public string Address(int node) => $"127.78.{_network}.{node}";

    private bool IsFree(int port)
    {
        try
        {
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(IPAddress.Parse(Address(1)), port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Tail(string text) => string.Join('\n', text.Split('\n').TakeLast(25));

    private static string Describe(ClusterStatus? status) => status is null
        ? "it does not answer"
        : $"leader {status.Cluster.Leader}, voters {string.Join(' ', status.Nodes.Where(n => n.IsVoter).Select(n => n.Name))}, "
            + string.Join(' ', status.Nodes.Select(n => $"{n.Name}={n.Status}")) + " "
            + string.Join(' ', status.Slots.Select(s => $"{s.Slot}={s.Phase}@{s.Owner}"));
}

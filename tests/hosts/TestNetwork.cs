using System.Diagnostics;
using System.Net;

namespace Drcm.TestHosts;

/// <summary>Hosts and a client on one switch, each in namespaces of its own: nothing reaches the machine's network. Needs root.
/// Several networks can exist at once, with the same addresses. Not thread-safe for faults of one network.</summary>
public sealed partial class TestNetwork : IAsyncDisposable
{
    /// <summary>Limited by the addresses .11 to .99; the rest of the /24 is free for floating addresses.</summary>
    public const int HostsMax = 89;

    private const string Bridge = "br0";
    private static int _count;

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly string _switch;

    private TestNetwork(string name, int spoolMiB)
    {
        Name = name;
        SpoolMiB = spoolMiB;
        _switch = name + "-sw";
        Root = Leftovers.DirectoryOf(name);
        Client = new TestClient(this, name + "-cl");
    }

    /// <summary>Why networks cannot be made here; empty if they can. For <c>Assert.SkipUnless</c>.</summary>
    public static string WhyUnavailable { get; } = FindObstacle();

    public static bool IsAvailable => WhyUnavailable.Length == 0;

    public IReadOnlyList<TestHost> Hosts { get; private set; } = [];

    public TestClient Client { get; }

    /// <summary>Monotonic time of this network; all records use it.</summary>
    public TimeSpan Now => _clock.Elapsed;

    /// <summary>Directory of the hosts' disks, removed with the network.</summary>
    public string Root { get; }

    internal string Name { get; }

    /// <summary>0: spools are as large as the machine's disk.</summary>
    internal int SpoolMiB { get; }

    /// <summary>Makes <paramref name="hosts"/> hosts named node1, node2, …, with addresses 10.88.0.11, .12, …, all switched on.</summary>
    /// <param name="spoolMiB">Each host's spool is a file system of this size, which can be filled; 0: it lies on the machine's disk.</param>
    /// <exception cref="InvalidOperationException">A command failed; its output is in the message.</exception>
    public static async Task<TestNetwork> CreateAsync(int hosts, CancellationToken cancellationToken, int spoolMiB = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hosts);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hosts, HostsMax);
        if (!IsAvailable) throw new InvalidOperationException(WhyUnavailable);
        await Leftovers.SweepAsync(cancellationToken);
        var network = new TestNetwork(Leftovers.Prefix + Interlocked.Increment(ref _count), spoolMiB);
        try
        {
            await network.BuildAsync(hosts, cancellationToken);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>An address of this network that no host has: a floating one.</summary>
    /// <param name="number">From 0 to 99.</param>
    public static IPAddress FloatingAddress(int number)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, 99);
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        return IPAddress.Parse($"10.88.0.{100 + number}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts) await host.DisposeAsync();
        foreach (var netns in Hosts.Select(h => h.Netns).Append(Client.Netns).Append(_switch))
            await Leftovers.RemoveNamespaceAsync(netns, CancellationToken.None);
        Leftovers.RemoveDirectory(Root);
    }

    /// <summary>A cable from the switch into <paramref name="netns"/>, whose end there is eth0.</summary>
    internal async Task PlugAsync(string netns, string port, int number, CancellationToken cancellationToken)
    {
        var mac = $"02:00:00:88:00:{number:x2}";
        await Tool.IpAsync(
            _switch, cancellationToken,
            $"link add {port} type veth peer name eth0 address {mac} netns {netns}",
            $"link set {port} master {Bridge}", $"link set {port} up");
        await Tool.IpAsync(
            netns, cancellationToken,
            "link set lo up", "link set eth0 up", $"address add 10.88.0.{number}/24 brd + dev eth0",
            $"address add fd88::{number}/64 dev eth0 nodad");
    }

    internal Task SetPortAsync(string port, bool isUp, CancellationToken cancellationToken) =>
        Tool.IpAsync(_switch, cancellationToken, $"link set {port} {(isUp ? "up" : "down")}");

    /// <summary>With the cable go all addresses, routes and neighbours that the host had on it.</summary>
    internal Task UnplugAsync(string port, CancellationToken cancellationToken) =>
        Tool.IpAsync(_switch, cancellationToken, $"link delete {port}");

    private async Task BuildAsync(int hosts, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Root);
        Hosts = [.. Enumerable.Range(1, hosts).Select(n => new TestHost(this, n))];
        var names = Hosts.Select(h => h.Netns).Append(Client.Netns).Append(_switch);
        await Tool.IpAsync("", cancellationToken, [.. names.Select(n => $"netns add {n}")]);
        await Tool.IpAsync(
            _switch, cancellationToken,
            $"link add {Bridge} type bridge stp_state 0 forward_delay 0 mcast_snooping 0", $"link set {Bridge} up");
        await PlugAsync(Client.Netns, "pc", TestClient.Number, cancellationToken);
        foreach (var host in Hosts) await host.PowerOnAsync(cancellationToken);
    }

    private static string FindObstacle()
    {
        if (!Environment.IsPrivilegedProcess) return "needs root: hosts are network and process namespaces";
        var missing = new[] { "ip", "nft", "nsenter", "unshare" }.FirstOrDefault(
            tool => !new[] { "/usr/sbin", "/usr/bin", "/sbin", "/bin" }.Any(d => File.Exists($"{d}/{tool}")));
        if (missing is not null) return $"needs {missing}: install iproute2, nftables and util-linux";
        return Directory.Exists("/proc/self/ns") && File.Exists("/proc/self/ns/net") ? "" : "the kernel has no network namespaces";
    }
}

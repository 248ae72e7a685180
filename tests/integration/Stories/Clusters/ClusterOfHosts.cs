using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using Drcm.Cli.Connection;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Control;
using Drcm.TestHosts;

namespace Drcm.Integration.Tests.Stories.Clusters;

/// <summary>Real daemons, one on each host of a network, with real resources. Needs what <see cref="TestNetwork"/> needs.</summary>
internal sealed partial class ClusterOfHosts : IAsyncDisposable
{
    private ClusterOfHosts(TestNetwork network, ClusterTiming timing)
    {
        Network = network;
        Timing = timing;
        Daemons = [.. network.Hosts.Select(h => new HostDaemon(h))];
    }

    public TestNetwork Network { get; }

    public ClusterTiming Timing { get; }

    public ImmutableArray<HostDaemon> Daemons { get; }

    public static IPAddress[] Addresses { get; } =
        [.. Enumerable.Range(1, ClusterConfiguration.Nodes).Select(ClusterConfiguration.AddressOf)];

    /// <summary>All daemons started; nothing is awaited.</summary>
    /// <param name="prepare">Changes files of a host before its daemon starts.</param>
    /// <param name="spoolMiB">Size of each host's spool; 0: as large as the machine's disk.</param>
    /// <param name="environment">More variables of every daemon, as <c>NAME=value</c>.</param>
    public static async Task<ClusterOfHosts> StartAsync(
        ClusterTiming timing, string configuration, Action<TestHost> prepare, CancellationToken cancellationToken,
        int hosts = ClusterConfiguration.Nodes, int spoolMiB = 0, IReadOnlyList<string>? environment = null)
    {
        var network = await TestNetwork.CreateAsync(hosts, cancellationToken, spoolMiB);
        var cluster = new ClusterOfHosts(network, timing);
        foreach (var daemon in cluster.Daemons) daemon.Environment = environment ?? [];
        var key = RandomNumberGenerator.GetBytes(AuthKeyRules.KeyLength);
        foreach (var host in network.Hosts)
        {
            HostFiles.Write(host, configuration, key);
            prepare(host);
        }
        foreach (var daemon in cluster.Daemons) await daemon.StartAsync(cancellationToken);
        return cluster;
    }

    public HostDaemon DaemonOf(string name) => Daemons.First(d => d.Name == name);

    public AddressObserver Observe() => new(Network, Addresses);

    /// <summary>Whatever an earlier story left: everything on, connected, at home.</summary>
    public async Task BeHealthyAsync(CancellationToken cancellationToken)
    {
        await Network.HealAsync(cancellationToken);
        foreach (var daemon in Daemons)
        {
            if (!daemon.Host.IsOn) await daemon.Host.PowerOnAsync(cancellationToken);
            if (!daemon.IsRunning) await daemon.StartAsync(cancellationToken);
        }
        await UntilAllAsync("everything runs at home on every daemon's word", IsAtHome, cancellationToken);
    }

    /// <summary>What outlives its daemon or its host is not cleaned up here; the network takes all with it.</summary>
    public ValueTask DisposeAsync() => Network.DisposeAsync();

    public static bool IsAtHome(ClusterStatus status) =>
        status.Cluster.HasQuorum
        && !status.Slots.IsEmpty
        && status.Nodes.All(n => n.Status == NodeStatus.Up && n.Standby == StateMachine.Events.StandbyKind.None)
        && status.Slots.All(s => s.Phase == SlotPhase.Started && s.Owner == s.Home);

    /// <summary>Everything runs, nothing of it on that node.</summary>
    public static bool IsWithout(ClusterStatus status, string node) =>
        status.Slots.All(s => s.Phase == SlotPhase.Started && s.Owner != node);

    /// <summary>Token of every slot: unchanged means that nothing has moved.</summary>
    public static string Tokens(ClusterStatus status) =>
        string.Join(' ', status.Slots.Select(s => $"{s.Slot}={s.Token}").Order(StringComparer.Ordinal));

    public Task<ClusterStatus> StatusAsync(HostDaemon of, CancellationToken cancellationToken) => of.Control.StatusAsync(cancellationToken);

    /// <summary>All events that a daemon has applied.</summary>
    public static async Task<IReadOnlyList<EventLine>> EventsAsync(HostDaemon of, CancellationToken cancellationToken)
    {
        var events = new List<EventLine>();
        var request = new ControlRequest(ControlProtocol.Version, ControlProtocol.Events);
        await foreach (var line in of.Control.EventsAsync(request, cancellationToken)) events.Add(line);
        return events;
    }

    public async Task<string> LeaderAsync(CancellationToken cancellationToken) =>
        (await UntilAllAsync("all agree on a leader", s => s.Cluster.Leader is not null, cancellationToken)).Cluster.Leader!;

    /// <returns>Null: it does not listen yet, or has just ended.</returns>
    public static async Task<ClusterStatus?> TryStatusAsync(HostDaemon daemon, CancellationToken cancellationToken)
    {
        try
        {
            return await daemon.Control.StatusAsync(cancellationToken);
        }
        catch (ControlException)
        {
            return null;
        }
    }
}

using DotNext.Net.Cluster;
using DotNext.Net.Cluster.Consensus.Raft;
using Drcm.Consensus.Membership;
using Drcm.Consensus.Storage;
using Drcm.Consensus.Transport;
using Microsoft.Extensions.Logging;

namespace Drcm.Consensus.Engines.DotNext;

/// <summary>The replicated log on the Raft of DotNext.Net.Cluster. Start it once, dispose it once; <see cref="Peers"/> is usable from the
/// start of the log to its disposal, and its <see cref="IPeerChannel.Received"/> is set before.</summary>
public sealed partial class DotNextLog : IReplicatedLog
{
    private readonly DotNextLogOptions _options;
    private readonly ILogger _logger;
    private readonly ILogTransport _transport;
    private readonly LeadershipBoard _leadership = new();
    private readonly CancellationTokenSource _stop = new();
    private CommittedEntries _committed = new("");
    private EntryStore? _store;
    private EngineLog? _log;
    private Engine? _engine;
    private Task _leading = Task.CompletedTask;
    private Task _standing = Task.CompletedTask;
    private Task _warming = Task.CompletedTask;
    private Task _resigning = Task.CompletedTask;
    private bool _isStarted;
    private int _isDisposed;

    /// <exception cref="ArgumentException">The options contradict themselves; every problem is named.</exception>
    public DotNextLog(DotNextLogOptions options, ILogger logger)
    {
        options.Validate();
        _options = options;
        _logger = logger;
        RefusedPeers.Reported = (address, reason) => LogRefused(_logger, address, reason);
        _transport = options.Transport?.Invoke(options) ?? new TcpTransport(options, RefusedPeers, Counters);
        _transport.ReceivedInternal = OnBarrierFrame;
    }

    /// <summary>Small frames to other members over the same port.</summary>
    public IPeerChannel Peers => _transport.Peers;

    /// <summary>Questions to other nodes over the same port.</summary>
    public IPeerRequests Requests => _transport.Requests;

    public TransportCounters Counters { get; } = new();

    /// <summary>Peers with another key or another protocol.</summary>
    public RefusedPeers RefusedPeers { get; } = new();

    /// <summary>Called when the list of members in the log changed, committed or not; on any thread, must not block.</summary>
    internal Action? MembersChanged { get; set; }

    public Leadership Leadership => _leadership.Current;

    public IAsyncEnumerable<Leadership> WatchLeadershipAsync(CancellationToken cancellationToken) =>
        _leadership.WatchAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="TransportUnavailableException">The port cannot be opened.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_isStarted)
        {
            throw new InvalidOperationException("the log has been started already");
        }

        _isStarted = true;
        var directory = LogDirectory.Prepare(_options.Directory);
        _transport.Listen();
        await OpenAsync(directory, cancellationToken);
        LogOpened(_logger, _options.Self, directory, _store!.LastIndex, _store.CommitIndex);
        _transport.StartSending();
        await StartEngineAsync(cancellationToken);
    }

    /// <summary>Order: nobody new comes in, the engine stops, its connections are released, readers leave, and only then are the files unmapped.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        _options.Keys.Replaced -= RenewConnections;
        await _stop.CancelAsync();
        if (_engine is not null)
        {
            await _engine.StopAsync(CancellationToken.None);
        }

        await _transport.DisposeAsync();
        await _leading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _standing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _warming;
        await _renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _resigning.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        if (_log is not null)
        {
            await _log.DisposeAsync();
        }
    }

    private async Task OpenAsync(string directory, CancellationToken cancellationToken)
    {
        try
        {
            _committed = new(directory);
            var members = OpenMembers(directory);
            _store = EntryStore.Open(_options.Storage with { Directory = directory }, _options.Files, _logger);
            _store.HealthChanged = OnHealthChanged;
            _members = new(members, _store) { Changed = OnMembersChanged };
            _log = new(directory, _store, _committed) { ListsChanged = _members.Refresh };
            await ((IPersistentState)_log).InitializeAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FlushFailedException)
        {
            throw new LogDamagedException($"{directory}: the stored log cannot be opened ({e.Message}); make sure that no other drcmd uses it, and see to the disk", e);
        }
    }

    /// <summary>The first file of a store: one without it has lost it.</summary>
    private MembersFile OpenMembers(string directory)
    {
        if (MembersFile.Read(_options.Files, directory) is { } members)
        {
            return members;
        }

        if (_options.Files.Exists(Path.Combine(directory, VoteFile.Name)))
        {
            throw new LogDamagedException($"{Path.Combine(directory, MembersFile.Name)}: is missing, and with it who the members were at first; {Remedies.CopyFromOthers}");
        }

        members = new(_options.JoinFloor is null ? MemberList.Of(_options.Members) : MemberList.Empty, _options.JoinFloor ?? 0);
        members.Write(_options.Files, directory);
        return members;
    }

    private async Task StartEngineAsync(CancellationToken cancellationToken)
    {
        ConnectPeers();
        var members = _members!.InForce.List;
        if (members.Count == 1 && members.Find(_options.Self) is not null)
        {
            // The engine lets a lone member lead without an election, for ever in term 0; a term per start keeps terms telling.
            var self = ClusterMemberId.FromEndPoint(_options.Members[_options.Self]);
            await ((IPersistentState)_log!).IncrementTermAsync(self, _stop.Token);
        }

        _engine = Engine.Create(_options, _log!, _members, _transport, _logger);
        _log!.MoreToSend = _engine.ForceReplicationSoon;
        _log.CommitMoved = TellCommitSoon;
        _engine.LeaderChanged += (_, leader) => OnLeaderChanged(leader);
        _engine.ReplicationCompleted += (_, _) => PublishLeadership();
        await _engine.StartAsync(cancellationToken);
        _committed.Faulted = PublishLeadership;
        PublishLeadership();
        _leading = LeadUntilStoppedAsync();
        _standing = KeepStandingAsWantedAsync();
        _warming = _engine.WarmAsync(_stop.Token);
        _options.Keys.Replaced += RenewConnections;
    }
}

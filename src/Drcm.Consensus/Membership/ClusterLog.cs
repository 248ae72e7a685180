using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Transport;
using Microsoft.Extensions.Logging;

namespace Drcm.Consensus.Membership;

/// <summary>The log of one node, whatever its role: a voter keeps it (<see cref="DotNextLog"/>), a learner follows it (<see cref="FollowedLog"/>), and a node changes from one to
/// the other while its readers read on. Start it once, dispose it once.</summary>
/// <remarks>With a stored log a node is a voter, by the stored members. With an empty spool it is a learner, until a new cluster begins with it or a leader asks it to join.</remarks>
public sealed partial class ClusterLog : IReplicatedLog
{
    private readonly ClusterLogOptions _options;
    private readonly ILogger _logger;
    private readonly ILogTransport _transport;
    private readonly LeadershipBoard _leadership = new();
    private readonly ChangeSignal _switched = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _switching = new(1, 1);
    private readonly Lock _peersSync = new();
    private IReadOnlyDictionary<string, IPEndPoint> _nodes;
    private IReadOnlyDictionary<string, IPEndPoint> _members = new Dictionary<string, IPEndPoint>();
    private IReplicatedLog _log;
    private CancellationTokenSource _watchEnd = new();
    private Task _watching = Task.CompletedTask;
    private Task _minding = Task.CompletedTask;
    private bool _isStarted;
    private int _isDisposed;

    /// <exception cref="ArgumentException">The options contradict themselves; every problem is named.</exception>
    public ClusterLog(ClusterLogOptions options, ILogger logger)
    {
        (_options, _logger, _nodes) = (options, logger, options.Nodes);
        if (!options.Nodes.ContainsKey(options.Self))
        {
            throw new ArgumentException($"'{options.Self}' is not among the nodes", nameof(options));
        }

        var voter = options.OfVoter(options.Voters, null);
        voter.Validate();
        RefusedPeers.Reported = (address, reason) => LogRefused(_logger, address, reason);
        _transport = options.Transport?.Invoke(voter) ?? new TcpTransport(voter, RefusedPeers, Counters);
        _transport.SetPeers(_nodes);
        _log = NewLearner();
    }

    public IPeerChannel Peers => _transport.Peers;

    public IPeerRequests Requests => _transport.Requests;

    public TransportCounters Counters { get; } = new();

    /// <summary>Peers with another key or another protocol.</summary>
    public RefusedPeers RefusedPeers { get; } = new();

    /// <summary>Why this node takes no part now: its disk refuses writes. Null when all is well.</summary>
    public string? Trouble => (Current as DotNextLog)?.Trouble;

    /// <summary>Where this member's log stands; all zero on a learner.</summary>
    public LogFigures Figures => (Current as DotNextLog)?.Figures ?? default;

    /// <summary>What a node with an empty spool waits for; null when it does not.</summary>
    public string? Waiting => Volatile.Read(ref _waiting);

    /// <summary>Called on any thread when <see cref="Trouble"/>, <see cref="Waiting"/> or <see cref="Role"/> changes; must not block.</summary>
    public Action? HealthChanged { get; set; }

    public Leadership Leadership => _leadership.Current;

    public LogRole Role => Current.Role;

    public IReadOnlyList<LogMember> Members => Current.Members;

    private IReplicatedLog Current => Volatile.Read(ref _log);

    /// <summary>From now on these are the nodes; the members of the log are reached anyway.</summary>
    public void SetPeers(IReadOnlyDictionary<string, IPEndPoint> nodes)
    {
        lock (_peersSync)
        {
            _nodes = nodes;
            ConnectPeers();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="TransportUnavailableException">The port cannot be opened.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_isStarted)
        {
            throw new InvalidOperationException("the log has been started already");
        }

        _isStarted = true;
        Serve();
        _transport.Listen();
        _transport.StartSending();
        if (HasStoredLog)
        {
            await SwitchAsync(() => NewVoter(_options.Voters, null), cancellationToken);
        }
        else
        {
            Watch(_log);
        }

        _minding = MindAsync();
    }

    public IAsyncEnumerable<Leadership> WatchLeadershipAsync(CancellationToken cancellationToken) => _leadership.WatchAsync(cancellationToken);

    public async ValueTask<AppendOutcome> AppendAsync(long expectedVersion, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var outcome = await Current.AppendAsync(expectedVersion, payload, cancellationToken);
        if (outcome.Status == AppendStatus.Committed)
        {
            LogMeter.Appended(began);
        }

        return outcome;
    }

    public ValueTask<AppendOutcome> AddMemberAsync(LogMember member, CancellationToken cancellationToken) => Current.AddMemberAsync(member, cancellationToken);

    public ValueTask<AppendOutcome> RemoveMemberAsync(string name, CancellationToken cancellationToken) => Current.RemoveMemberAsync(name, cancellationToken);

    public ValueTask CompactAsync(long index, ReadOnlyMemory<byte> state, CancellationToken cancellationToken) => Current.CompactAsync(index, state, cancellationToken);

    public ValueTask ResignAsync(CancellationToken cancellationToken) => Current.ResignAsync(cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<CommittedEntry> ReadCommittedAsync(long afterIndex, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterIndex);
        var cursor = afterIndex;
        while (true)
        {
            var (switched, log) = (_switched.Next, Current);
            await using var reader = log.ReadCommittedAsync(cursor, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await MovesOnAsync(reader))
            {
                cursor = reader.Current.Index;
                yield return reader.Current;
            }

            await switched.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask ReadBarrierAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var (switched, log) = (_switched.Next, Current);
            try
            {
                await log.ReadBarrierAsync(cancellationToken);
                return;
            }
            // A log that is put away while it waits for an answer may say either.
            catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException
                && !_stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                await switched.WaitAsync(cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync();
        await _minding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _switching.WaitAsync(CancellationToken.None);
        await Current.DisposeAsync();
        _switched.Raise();
        await _watching;
        _watchEnd.Dispose();
        await _transport.DisposeAsync();
    }

    /// <returns>False when the log is being replaced under the reader: the former one has ended, or the next one not begun.</returns>
    private async ValueTask<bool> MovesOnAsync(IAsyncEnumerator<CommittedEntry> reader)
    {
        try
        {
            return await reader.MoveNextAsync();
        }
        catch (InvalidOperationException) when (!_stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private void ConnectPeers()
    {
        Dictionary<string, IPEndPoint> all = new(_nodes, StringComparer.Ordinal);
        foreach (var (name, endPoint) in _members)
        {
            all[name] = endPoint;
        }

        _transport.SetPeers(all);
    }
}

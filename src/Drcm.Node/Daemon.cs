using Drcm.Consensus;
using Drcm.Node.Control;
using Drcm.Node.Datagrams;
using Drcm.Node.Loop;
using Drcm.Node.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Drcm.Node;

/// <summary>Starts the parts of a node in order, watches them, and ends them in order. The end of any of them is the end of the daemon.</summary>
internal sealed partial class Daemon : IHostedService, IAsyncDisposable
{
    /// <summary>A handover that takes longer than this is cut off: whoever waits for the process to end must not wait for ever.</summary>
    private static readonly TimeSpan HandoverMax = TimeSpan.FromSeconds(90);

    /// <summary>Giving the leadership away at the end is a courtesy.</summary>
    private static readonly TimeSpan ResignMax = TimeSpan.FromSeconds(1);

    /// <summary>Without a quorum the history that is there can be looked at all the same.</summary>
    private static readonly TimeSpan AuditDelayMax = TimeSpan.FromSeconds(10);

    /// <summary>Without a quorum figures and health are wanted most.</summary>
    private static readonly TimeSpan HttpDelayMax = TimeSpan.FromSeconds(5);

    private readonly DaemonParts _parts;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<Daemon> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _pumps = [];
    private readonly TaskCompletionSource _upToDate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Daemon(DaemonParts parts, IHostApplicationLifetime lifetime, ILogger<Daemon> logger)
    {
        _parts = parts;
        _lifetime = lifetime;
        _logger = logger;
    }

    /// <summary>Non-zero when a part failed.</summary>
    public int ExitCode { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _parts.Peers.Received = _parts.Loop.DeliverFrame;
        _parts.Loop.Start();
        _parts.Watch.Start();
        await _parts.Log.StartAsync(cancellationToken);
        _parts.Udp.Start(_parts.Loop.DeliverDatagram);
        _pumps.Add(WatchAsync("the log", FollowLogAsync(_stopping.Token)));
        _pumps.Add(WatchAsync("the first reading of the log", TellUpToDateAsync(_stopping.Token)));
        _pumps.Add(WatchAsync("leadership", FollowLeadershipAsync(_stopping.Token)));
        _pumps.Add(WatchAsync("the node loop", _parts.Loop.Ended));
        _pumps.Add(WatchAsync("the key rotation", _parts.Rotator.RunAsync(_stopping.Token)));
        _pumps.Add(WatchAsync("the audit history", StartAuditAsync(_stopping.Token)));
        _pumps.Add(WatchAsync("HTTP", StartHttpAsync(_stopping.Token)));
        await _parts.Control.StartAsync(cancellationToken);
        LogStarted(_parts.Identity.Id.Value, _parts.Identity.ConfigFile);
    }

    /// <summary>Handover, then leadership, then the loop, then the sockets and files.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (ExitCode == 0)
        {
            _parts.Loop.Shutdown();
            await Task.WhenAny(_parts.Loop.Left, _parts.Loop.Ended, Task.Delay(HandoverMax, cancellationToken));
            if (!_parts.Loop.Left.IsCompleted) LogHandoverCut(HandoverMax.TotalSeconds);
            _parts.FloatingAddresses.RemoveGate();
            await ResignAsync();
        }
        await _parts.Control.StopAsync(cancellationToken);
        await _stopping.CancelAsync();
        await _parts.Http.DisposeAsync();
        _parts.Loop.Dispose();
        _parts.FloatingAddresses.Dispose();
        _parts.Udp.Dispose();
        await Task.WhenAll(_pumps);
        _parts.Audit.Dispose();
        await _parts.Log.DisposeAsync();
        // Before its guard is told, nobody may replace it; after that, nobody needs to.
        _parts.Watch.Dispose();
        if (ExitCode == 0) _parts.Guard.Leave();
        LogStopped();
    }

    public ValueTask DisposeAsync()
    {
        _stopping.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ResignAsync()
    {
        using var patience = new CancellationTokenSource(ResignMax);
        try
        {
            await _parts.Log.ResignAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            LogNotResigned();
        }
    }

    private async Task FollowLogAsync(CancellationToken cancellationToken)
    {
        await foreach (var entry in _parts.Log.ReadCommittedAsync(0, cancellationToken)) _parts.Loop.Commit(entry);
    }

    /// <summary>A node that the configuration does not name learns so only from having read everything.</summary>
    private async Task TellUpToDateAsync(CancellationToken cancellationToken)
    {
        await _parts.Log.ReadBarrierAsync(cancellationToken);
        _parts.Loop.UpToDate();
        _upToDate.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    /// <summary>The first use of SQLite costs a second of processor time, which a starting daemon has better uses for: it comes when everything has been read, or
    /// after a while without a leader.</summary>
    private async Task StartAuditAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(_upToDate.Task, Task.Delay(AuditDelayMax, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        _parts.Audit.Start();
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    /// <summary>What it takes to serve costs a starting daemon processor time for which it has better uses: it comes when everything has been read, or after a while without a
    /// leader.</summary>
    private async Task StartHttpAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(_upToDate.Task, Task.Delay(HttpDelayMax, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        _parts.Http.Start();
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    /// <summary>The log says "self" only when every earlier entry can be read here. Should the projection still lag behind what can be read, the leader's
    /// first proposal names an old version and is refused: it decides again.</summary>
    private async Task FollowLeadershipAsync(CancellationToken cancellationToken)
    {
        await foreach (var leadership in _parts.Log.WatchLeadershipAsync(cancellationToken))
        {
            LogLeadership(leadership.Term, leadership.Leader ?? "nobody");
            _parts.Loop.ChangeLeadership(leadership);
        }
    }

    /// <summary>The boundary of each part: an end that nobody asked for ends the daemon, with a status that makes the service manager restart it.</summary>
    private async Task WatchAsync(string part, Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // Process boundary: log and exit.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(part, e);
        }
        if (_stopping.IsCancellationRequested) return;
        ExitCode = 1;
        _lifetime.StopApplication();
    }
}

/// <summary>All that the daemon is made of.</summary>
internal sealed record DaemonParts(
    Startup.NodeIdentity Identity,
    IReplicatedLog Log,
    IPeerChannel Peers,
    UdpLink Udp,
    NodeLoop Loop,
    ControlServer Control,
    Keys.KeyRotator Rotator,
    Guarding.GuardLink Guard,
    Guarding.GuardWatch Watch,
    Addresses.FloatingAddresses FloatingAddresses,
    Audit.AuditKeeper Audit,
    Http.HttpServer Http);
